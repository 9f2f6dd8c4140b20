"""The warehouse's tables as Prefect assets: which step makes which table, from which others."""

import re
from collections.abc import Sequence
from typing import Any

from prefect import Task
from prefect.assets import Asset, materialize
from prefect.context import AssetContext

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.statement import Statement

# The procedures name their tables without a schema, and so find them in the one that Redshift looks into first.
SCHEMA = "public"
MADE_BY = "amazon-redshift"


def table(warehouse: RedshiftDataApi, name: str) -> Asset:
    """A table as an asset: `redshift://<workgroup or cluster>/<database>/<schema>/<table>`."""
    place = f"{warehouse.workgroup_name or warehouse.cluster_identifier}/{warehouse.database}/{SCHEMA}/{name}"
    # Prefect refuses some characters that a database may have in its name.
    return Asset(key=f"redshift://{re.sub(r'[^-.:/A-Za-z0-9_]', '_', place)}")


def loading(
    kind: "Task[..., Any]", warehouse: RedshiftDataApi, tables: Sequence[str], sources: Sequence[str]
) -> "Task[..., Any]":
    """The task `kind`, which makes `tables` from `sources` and from what the steps before it made."""
    return materialize(
        *(table(warehouse, name) for name in tables),
        by=MADE_BY,
        asset_deps=[table(warehouse, name) for name in sources],
        cache_policy=kind.cache_policy,
        retries=kind.retries,
        retry_delay_seconds=kind.retry_delay_seconds,
        retry_jitter_factor=kind.retry_jitter_factor,
        retry_condition_fn=kind.retry_condition_fn,
    )(kind.fn)


def note(statement: Statement) -> None:
    """Says of the tables that the current task makes, if any, by which statement they were made."""
    context = AssetContext.get()
    for asset in context.downstream_assets if context else ():
        asset.add_metadata({"statement_id": statement.id, "redshift_query_id": statement.redshift_query_id})
