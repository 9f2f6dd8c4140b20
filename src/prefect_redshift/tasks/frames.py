"""Frames in and out as Prefect tasks, for flows of your own.

Each takes the block first and then what the block's method of that name takes. In a sync flow they block, as the tasks
of `data_api` do; `acopy_into` is always awaited, `copy_into_sync` always blocks, and so it is with each.

Example:
    ```python
    @flow
    async def load_prices(warehouse: RedshiftDataApi, prices: pandas.DataFrame):
        await copy_into(warehouse, "shop.prices", prices, mode="upsert", keys=["item"])
        return await unload_to_pandas(warehouse, "select * from shop.prices")
    ```
"""

from functools import partial
from pathlib import Path
from typing import Any

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.sql.value_text import Parameters
from prefect_redshift.frames.frames import Copied
from prefect_redshift.tasks.options import NO_RETRY
from prefect_redshift.tasks.task_forms import RedshiftTask
from prefect_redshift.tasks.unnamed_work import is_first_try, name_of_unnamed


# Prefect would try it again with an iterator that has been read already; what passes by itself is tried again within.
@partial(RedshiftTask.of, options=NO_RETRY)
async def copy_into(
    warehouse: RedshiftDataApi, table: str, data: Any, *, name: str = "", **options: Any
) -> Copied:
    """Load rows into a table, never twice under the same name.

    Without a name, each call of this task in a flow run is work of its own; a retry of the flow run with the same rows
    finds what it has loaded, and an append of other rows is refused then.
    """
    options = _unlisted(name, options)
    work = {option: str(value) for option, value in options.items() if option in ("mode", "keys", "types")}
    name = name or name_of_unnamed(f"copy into {table}", work)
    return await warehouse.acopy_into(table, data, name=name, **options)


@RedshiftTask.of
async def unload_to_arrow(
    warehouse: RedshiftDataApi,
    sql: str,
    parameters: Parameters | None = None,
    *,
    name: str = "",
    **options: Any,
) -> Any:
    """Return the rows of a query as an Arrow table, by UNLOAD."""
    options = _of_query(name, sql, parameters, options)
    return await warehouse.aunload_to_arrow(sql, parameters, **options)


@RedshiftTask.of
async def unload_to_pandas(
    warehouse: RedshiftDataApi,
    sql: str,
    parameters: Parameters | None = None,
    *,
    name: str = "",
    **options: Any,
) -> Any:
    """Return the rows of a query as a pandas data frame, by UNLOAD."""
    options = _of_query(name, sql, parameters, options)
    return await warehouse.aunload_to_pandas(sql, parameters, **options)


@RedshiftTask.of
async def unload_to_folder(
    warehouse: RedshiftDataApi,
    sql: str,
    folder: Path | str,
    parameters: Parameters | None = None,
    *,
    name: str = "",
    **options: Any,
) -> list[Path]:
    """Write the rows of a query to Parquet files in a folder, by UNLOAD, and return their paths."""
    options = _of_query(name, sql, parameters, options)
    return await warehouse.aunload_to_folder(sql, folder, parameters, **options)


def _of_query(name: str, sql: str, parameters: Parameters | None, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a query's UNLOAD, with the name of its statements."""
    return {**_unlisted(name, options), "name": name or name_of_unnamed(sql, parameters or {})}


def _unlisted(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Say that nothing can be listed where that is so, on a first try, so that it costs no call."""
    return {"listed": (), **options} if not name and is_first_try() else options


acopy_into, copy_into_sync = copy_into.aio, copy_into.sync
aunload_to_arrow, unload_to_arrow_sync = unload_to_arrow.aio, unload_to_arrow.sync
aunload_to_pandas, unload_to_pandas_sync = unload_to_pandas.aio, unload_to_pandas.sync
aunload_to_folder, unload_to_folder_sync = unload_to_folder.aio, unload_to_folder.sync
