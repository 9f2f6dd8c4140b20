"""Every operation as a task, in one flow on a real Prefect server."""

import asyncio
from typing import Any

import pytest
from prefect import flow
from prefect.cache_policies import NO_CACHE

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.tasks import data_api as tasks
from prefect_redshift.tasks.options import may_succeed_again
from tests.job_warehouse import Warehouse

OPERATIONS = [
    "execute_statement",
    "batch_execute_statement",
    "describe_statement",
    "cancel_statement",
    "get_statement_result",
    "get_statement_result_v2",
    "describe_table",
    "list_databases",
    "list_schemas",
    "list_tables",
    "list_statements",
    "list_sessions",
]


@flow(task_runner=EventLoopTaskRunner(), log_prints=False)
async def every_operation(warehouse: RedshiftDataApi) -> dict[str, Any]:
    batch = await tasks.batch_execute_statement(
        warehouse, ["create schema shop", "create table shop.t (a integer)"], name="setup"
    )
    found: dict[str, Any] = {"batch": await tasks.wait_for_statement(warehouse, batch)}
    inserts = [
        tasks.execute_statement.submit(
            warehouse, "insert into shop.t values (:a)", {"a": "1"}, session_keep_alive_seconds=60
        )
        for _ in range(2)
    ]
    found["inserted"] = [
        await tasks.wait_for_statement(warehouse, await insert)  # type: ignore[misc]
        for insert in inserts
    ]
    statement = await tasks.run_statement(warehouse, "select * from shop.t", result_format="CSV")
    found["described"] = await tasks.describe_statement(warehouse, statement.id)
    found["cancelled"] = await tasks.cancel_statement(warehouse, statement)
    found["rows"] = await tasks.get_statement_result(warehouse, statement, as_dict=True)
    found["arrow"] = (await tasks.get_statement_result_v2(warehouse, statement)).to_pylist()
    found["table"] = await tasks.describe_table(warehouse, "t", schema="shop")
    found["databases"] = await tasks.list_databases(warehouse, page_size=1)
    found["schemas"] = await tasks.list_schemas(warehouse, "sh%")
    found["tables"] = await tasks.list_tables(warehouse, schema_pattern="shop")
    found["statements"] = await tasks.list_statements(warehouse, "every-operation/")
    found["sessions"] = await tasks.list_sessions(warehouse)
    return found


def test_every_operation_is_a_task(warehouse: Warehouse) -> None:
    block = RedshiftDataApi(workgroup_name="local-workgroup", database=warehouse.database)
    found = asyncio.run(every_operation(block))

    assert found["batch"].status == "FINISHED"
    # The same SQL twice in one flow is two pieces of work: each task run has a name of its own.
    assert [statement.rows for statement in found["inserted"]] == [1, 1]
    assert warehouse.rows("select count(*), sum(a) from shop.t") == [(2, 2)]
    assert (found["described"].status, found["cancelled"]) == ("FINISHED", False)
    assert found["rows"] == found["arrow"] == [{"a": 1}, {"a": 1}]
    assert [column.name for column in found["table"].columns] == ["a"]
    assert warehouse.database in found["databases"]
    assert found["schemas"] == ["shop"]
    assert [table.name for table in found["tables"]] == ["t"]
    assert len(found["statements"]) == 3
    assert {session.id for session in found["sessions"]} == {s.session_id for s in found["inserted"]}
    for session in found["sessions"]:
        warehouse.data_api.execute_statement(
            Sql="select 1", SessionId=session.id, SessionKeepAliveSeconds=0, WaitTimeSeconds=30
        )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_task_is_cached_and_each_retries_what_passes(operation: str) -> None:
    task = getattr(tasks, operation)
    assert task.cache_policy == NO_CACHE
    assert (task.retries, task.retry_condition_fn) == (2, may_succeed_again)
    assert callable(getattr(RedshiftDataApi, operation))
