"""Every operation of the Data API as a Prefect task, for flows of your own.

Each takes the block first and then what the block's method of that name takes. Lists are returned whole.

Example:
    ```python
    @flow
    async def show_orders(warehouse: RedshiftDataApi):
        statement = await run_statement(warehouse, "select * from orders where day = :day", {"day": "2026-11-22"})
        for row in await get_statement_result(warehouse, statement):
            print(row)
    ```
"""

from collections.abc import Sequence
from typing import Any

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.catalog import Table, TableDescription
from prefect_redshift.data_api.listings import ListedSession, ListedStatement
from prefect_redshift.data_api.results.reading import Row
from prefect_redshift.data_api.sql.value_text import Parameters
from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.tasks.options import redshift_task
from prefect_redshift.tasks.unnamed_work import is_first_try, name_of_unnamed


@redshift_task
async def execute_statement(
    warehouse: RedshiftDataApi,
    sql: str,
    parameters: Parameters | None = None,
    *,
    name: str = "",
    **options: Any,
) -> Statement:
    """Submit one statement and return at once (API: ExecuteStatement)."""
    name = name or name_of_unnamed(sql, parameters or {})
    return await warehouse.execute_statement(sql, parameters, name=name, **options)


@redshift_task
async def batch_execute_statement(
    warehouse: RedshiftDataApi,
    sqls: Sequence[str],
    parameters: Parameters | None = None,
    *,
    name: str = "",
    **options: Any,
) -> Statement:
    """Submit up to 40 statements and return at once (API: BatchExecuteStatement)."""
    name = name or name_of_unnamed(sqls, parameters or {})
    return await warehouse.batch_execute_statement(sqls, parameters, name=name, **options)


@redshift_task
async def run_statement(
    warehouse: RedshiftDataApi,
    sql: str | Sequence[str],
    parameters: Parameters | None = None,
    *,
    name: str = "",
    **options: Any,
) -> Statement:
    """Run a statement or a batch to its end, never twice under the same name.

    Without a name, each call of this task in a flow run is work of its own; a retry of the flow run finds what it has
    done. With a name, it is the same work wherever that name is used: on a SELECT, it returns what was found before.
    """
    # On a first try nothing can be listed, so that it costs no call.
    if not name and is_first_try():
        options.setdefault("listed", ())
    name = name or name_of_unnamed(sql, parameters or {})
    return await warehouse.run(sql, parameters, name=name, **options)


@redshift_task
async def wait_for_statement(
    warehouse: RedshiftDataApi, statement: Statement, timeout: float | None = None
) -> Statement:
    """Wait for a statement's end by long polls (API: DescribeStatement)."""
    return await warehouse.wait(statement, timeout)


@redshift_task
async def describe_statement(
    warehouse: RedshiftDataApi, statement: SubStatement | str, **options: Any
) -> Statement:
    """Return what the service knows of a statement (API: DescribeStatement)."""
    return await warehouse.describe_statement(statement, **options)


@redshift_task
async def cancel_statement(warehouse: RedshiftDataApi, statement: SubStatement | str) -> bool:
    """Cancel a statement; False where it had ended already (API: CancelStatement)."""
    return await warehouse.cancel_statement(statement)


@redshift_task
async def get_statement_result(
    warehouse: RedshiftDataApi, statement: SubStatement, **options: Any
) -> list[Row]:
    """Return all rows of a finished statement, typed (API: GetStatementResult, GetStatementResultV2 for one in CSV)."""
    return [row async for row in warehouse.rows(statement, **options)]


@redshift_task
async def get_statement_result_v2(warehouse: RedshiftDataApi, statement: SubStatement) -> Any:
    """Return the result of a statement in CSV as an Arrow table (API: GetStatementResultV2; the extra `results`)."""
    return await warehouse.to_arrow(statement)


@redshift_task
async def describe_table(warehouse: RedshiftDataApi, table: str, **options: Any) -> TableDescription:
    """Return the columns of a table (API: DescribeTable)."""
    return await warehouse.describe_table(table, **options)


@redshift_task
async def list_databases(warehouse: RedshiftDataApi, **options: Any) -> list[str]:
    """Return the names of the databases (API: ListDatabases)."""
    return [name async for name in warehouse.list_databases(**options)]


@redshift_task
async def list_schemas(warehouse: RedshiftDataApi, pattern: str | None = None, **options: Any) -> list[str]:
    """Return the names of the schemas (API: ListSchemas)."""
    return [name async for name in warehouse.list_schemas(pattern, **options)]


@redshift_task
async def list_tables(warehouse: RedshiftDataApi, pattern: str | None = None, **options: Any) -> list[Table]:
    """Return the tables and views (API: ListTables)."""
    return [table async for table in warehouse.list_tables(pattern, **options)]


@redshift_task
async def list_statements(
    warehouse: RedshiftDataApi, name_prefix: str = "", **options: Any
) -> list[ListedStatement]:
    """Return the statements of the last 24 hours, newest first (API: ListStatements)."""
    return [statement async for statement in warehouse.list_statements(name_prefix, **options)]


@redshift_task
async def list_sessions(warehouse: RedshiftDataApi, **options: Any) -> list[ListedSession]:
    """Return the sessions of the last 24 hours (API: ListSessions)."""
    return [session async for session in warehouse.list_sessions(**options)]
