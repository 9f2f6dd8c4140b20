"""Frames in and out as Prefect tasks, for flows of your own.

Each takes the block first and then what the block's method of that name takes.

Example:
    ```python
    @flow
    async def load_prices(warehouse: RedshiftDataApi, prices: pandas.DataFrame):
        await copy_into(warehouse, "shop.prices", prices, mode="upsert", keys=["item"])
        return await unload_to_pandas(warehouse, "select * from shop.prices")
    ```
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prefect import task

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.frames.frames import Copied
from prefect_redshift.tasks.options import NO_RETRY, redshift_task
from prefect_redshift.tasks.unnamed_work import is_first_try, name_of_unnamed

Parameters = Mapping[str, Any] | None


# Prefect would try it again with an iterator that has been read already; what passes by itself is tried again within.
@task(**NO_RETRY)
async def copy_into(
    warehouse: RedshiftDataApi, table: str, data: Any, *, name: str = "", **options: Any
) -> Copied:
    """Load rows into a table, never twice under the same name.

    Without a name, each call of this task in a flow run is work of its own; a retry of the flow run with the same rows
    finds what it has loaded, and an append of other rows is refused then.
    """
    # On a first try nothing can be listed, so that it costs no call.
    if not name and is_first_try():
        options.setdefault("listed", ())
    work = {option: str(value) for option, value in options.items() if option in ("mode", "keys", "types")}
    name = name or name_of_unnamed(f"copy into {table}", work)
    return await warehouse.copy_into(table, data, name=name, **options)


@redshift_task
async def unload_to_arrow(
    warehouse: RedshiftDataApi, sql: str, parameters: Parameters = None, *, name: str = "", **options: Any
) -> Any:
    """Return the rows of a query as an Arrow table, by UNLOAD."""
    name = name or name_of_unnamed(sql, parameters or {})
    return await warehouse.unload_to_arrow(sql, parameters, name=name, **options)


@redshift_task
async def unload_to_pandas(
    warehouse: RedshiftDataApi, sql: str, parameters: Parameters = None, *, name: str = "", **options: Any
) -> Any:
    """Return the rows of a query as a pandas data frame, by UNLOAD."""
    name = name or name_of_unnamed(sql, parameters or {})
    return await warehouse.unload_to_pandas(sql, parameters, name=name, **options)


@redshift_task
async def unload_to_folder(
    warehouse: RedshiftDataApi,
    sql: str,
    folder: Path | str,
    parameters: Parameters = None,
    *,
    name: str = "",
    **options: Any,
) -> list[Path]:
    """Write the rows of a query to Parquet files in a folder, by UNLOAD, and return their paths."""
    name = name or name_of_unnamed(sql, parameters or {})
    return await warehouse.unload_to_folder(sql, folder, parameters, name=name, **options)
