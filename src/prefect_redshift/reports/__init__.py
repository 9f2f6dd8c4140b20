"""What a run tells of itself: a report, artifacts, events."""

from prefect_redshift.reports.run_report import RunReport

__all__ = ["RunReport"]
