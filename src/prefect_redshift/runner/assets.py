"""The warehouse's tables as Prefect assets: which step makes which table, from which others."""

import re
from collections.abc import Sequence

from prefect.assets import Asset
from prefect.context import AssetContext

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.statement import Statement

# Where Redshift looks for a table that is named without a schema, unless somebody has set another search path.
DEFAULT_SCHEMA = "public"
MATERIALIZED_BY = "amazon-redshift"


def assets_of(warehouse: RedshiftDataApi, schema: str | None, tables: Sequence[str]) -> list[Asset]:
    """Return tables as assets: `redshift://<workgroup or cluster>/<database>/<schema>/<table>`."""
    return [_asset(warehouse, schema or DEFAULT_SCHEMA, table) for table in tables]


def _asset(warehouse: RedshiftDataApi, schema: str, table: str) -> Asset:
    named, _, name = table.rpartition(".")
    place = f"{warehouse.workgroup_name or warehouse.cluster_identifier}/{warehouse.database}/{named or schema}/{name}"
    # Prefect refuses some characters that a database may have in its name.
    return Asset(key=f"redshift://{re.sub(r'[^-.:/A-Za-z0-9_]', '_', place)}")


def attach_metadata(statement: Statement) -> None:
    """Attach to the tables that the current task makes, if any, by which statement they were made."""
    context = AssetContext.get()
    for asset in context.downstream_assets if context else ():
        asset.add_metadata({"statement_id": statement.id})
