"""Every operation of the Data API as a Prefect task, for flows of your own.

Each takes the block first and then what the block's method of that name takes. Lists are returned whole. In a sync flow
they block: the call that is awaited here returns the result there. `arun_statement` is always awaited,
`run_statement_sync` always blocks; so it is with each of them.

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
from prefect_redshift.tasks.task_forms import RedshiftTask
from prefect_redshift.tasks.unnamed_work import is_first_try, name_of_unnamed


@RedshiftTask.of
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
    return await warehouse.aexecute_statement(sql, parameters, name=name, **options)


@RedshiftTask.of
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
    return await warehouse.abatch_execute_statement(sqls, parameters, name=name, **options)


@RedshiftTask.of
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
    return await warehouse.arun(sql, parameters, name=name, **options)


@RedshiftTask.of
async def wait_for_statement(
    warehouse: RedshiftDataApi, statement: Statement, timeout: float | None = None
) -> Statement:
    """Wait for a statement's end by long polls (API: DescribeStatement)."""
    return await warehouse.await_(statement, timeout)


@RedshiftTask.of
async def describe_statement(
    warehouse: RedshiftDataApi, statement: SubStatement | str, **options: Any
) -> Statement:
    """Return what the service knows of a statement (API: DescribeStatement)."""
    return await warehouse.adescribe_statement(statement, **options)


@RedshiftTask.of
async def cancel_statement(warehouse: RedshiftDataApi, statement: SubStatement | str) -> bool:
    """Cancel a statement; False where it had ended already (API: CancelStatement)."""
    return await warehouse.acancel_statement(statement)


@RedshiftTask.of
async def get_statement_result(
    warehouse: RedshiftDataApi, statement: SubStatement, **options: Any
) -> list[Row]:
    """Return all rows of a finished statement, typed (API: GetStatementResult, GetStatementResultV2 for one in CSV)."""
    return [row async for row in warehouse.rows(statement, **options)]


@RedshiftTask.of
async def get_statement_result_v2(warehouse: RedshiftDataApi, statement: SubStatement) -> Any:
    """Return the result of a statement in CSV as an Arrow table (API: GetStatementResultV2; the extra `results`)."""
    return await warehouse.ato_arrow(statement)


@RedshiftTask.of
async def describe_table(warehouse: RedshiftDataApi, table: str, **options: Any) -> TableDescription:
    """Return the columns of a table (API: DescribeTable)."""
    return await warehouse.adescribe_table(table, **options)


@RedshiftTask.of
async def list_databases(warehouse: RedshiftDataApi, **options: Any) -> list[str]:
    """Return the names of the databases (API: ListDatabases)."""
    return [name async for name in warehouse.list_databases(**options)]


@RedshiftTask.of
async def list_schemas(warehouse: RedshiftDataApi, pattern: str | None = None, **options: Any) -> list[str]:
    """Return the names of the schemas (API: ListSchemas)."""
    return [name async for name in warehouse.list_schemas(pattern, **options)]


@RedshiftTask.of
async def list_tables(warehouse: RedshiftDataApi, pattern: str | None = None, **options: Any) -> list[Table]:
    """Return the tables and views (API: ListTables)."""
    return [table async for table in warehouse.list_tables(pattern, **options)]


@RedshiftTask.of
async def list_statements(
    warehouse: RedshiftDataApi, name_prefix: str = "", **options: Any
) -> list[ListedStatement]:
    """Return the statements of the last 24 hours, newest first (API: ListStatements)."""
    return [statement async for statement in warehouse.list_statements(name_prefix, **options)]


@RedshiftTask.of
async def list_sessions(warehouse: RedshiftDataApi, **options: Any) -> list[ListedSession]:
    """Return the sessions of the last 24 hours (API: ListSessions)."""
    return [session async for session in warehouse.list_sessions(**options)]


# Whoever wants one form by its name, as of the block's methods.
aexecute_statement, execute_statement_sync = execute_statement.aio, execute_statement.sync
abatch_execute_statement, batch_execute_statement_sync = (
    batch_execute_statement.aio,
    batch_execute_statement.sync,
)
arun_statement, run_statement_sync = run_statement.aio, run_statement.sync
await_for_statement, wait_for_statement_sync = wait_for_statement.aio, wait_for_statement.sync
adescribe_statement, describe_statement_sync = describe_statement.aio, describe_statement.sync
acancel_statement, cancel_statement_sync = cancel_statement.aio, cancel_statement.sync
aget_statement_result, get_statement_result_sync = get_statement_result.aio, get_statement_result.sync
aget_statement_result_v2, get_statement_result_v2_sync = (
    get_statement_result_v2.aio,
    get_statement_result_v2.sync,
)
adescribe_table, describe_table_sync = describe_table.aio, describe_table.sync
alist_databases, list_databases_sync = list_databases.aio, list_databases.sync
alist_schemas, list_schemas_sync = list_schemas.aio, list_schemas.sync
alist_tables, list_tables_sync = list_tables.aio, list_tables.sync
alist_statements, list_statements_sync = list_statements.aio, list_statements.sync
alist_sessions, list_sessions_sync = list_sessions.aio, list_sessions.sync
