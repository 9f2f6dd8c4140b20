"""The flows of a job that needs nothing special, made from its declaration."""

from prefect_redshift.flows.backfill import backfill_flow
from prefect_redshift.flows.daily import daily_flow

__all__ = ["backfill_flow", "daily_flow"]
