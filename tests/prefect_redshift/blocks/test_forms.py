"""Every operation of a block has its three forms, in scripts, threads, notebooks and flows, and they do the same."""

import asyncio
import inspect
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, assert_type

import pytest
from prefect import flow, task

from prefect_redshift.blocking import Stream
from prefect_redshift.blocks.execution_run import ExecutionRun
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import StateMachine
from prefect_redshift.data_api.api import DataApi
from prefect_redshift.data_api.catalog import Table
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import StatementFailedError
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.step_functions.executions import Executions
from tests.history import History
from tests.signals import heed_interrupts

COUNT = "select count(*) as n from runs"


def public(owner: type) -> dict[str, Any]:
    return {
        name: value for name, value in vars(owner).items() if not name.startswith("_") and callable(value)
    }


def operations() -> list[tuple[type, str]]:
    """Return what the blocks' parts can do by coroutines."""
    found: list[tuple[type, str]] = [(RedshiftDataApi, name) for name in public(DataApi) if name != "session"]
    found += [(StateMachine, name) for name in public(Executions)]
    return [*found, (ExecutionRun, "fetch_result"), (ExecutionRun, "wait_for_completion")]


@pytest.mark.parametrize(("block", "name"), operations(), ids=lambda value: getattr(value, "__name__", value))
def test_each_operation_has_its_forms(block: type, name: str) -> None:
    if name.startswith(("list_", "get_statement_result")) or name in ("rows", "record_batches"):
        # What is iterated is so by `for` and by `async for`.
        warehouse = RedshiftDataApi(workgroup_name="etl")
        arguments = [] if name.startswith("list_") else [Statement(id="1", status="FINISHED")]
        assert isinstance(getattr(warehouse, name)(*arguments), Stream)
        return
    always_awaited = "await_" if name == "wait" else f"a{name}"
    fitting, awaited, blocking = (getattr(block, form) for form in (name, always_awaited, f"{name}_sync"))
    parameters = list(inspect.signature(fitting).parameters)
    assert (
        list(inspect.signature(awaited).parameters)
        == list(inspect.signature(blocking).parameters)
        == parameters
    )
    assert fitting.__doc__ == awaited.__doc__ == blocking.__doc__ != ""


@pytest.fixture
def runs(warehouse: RedshiftDataApi) -> RedshiftDataApi:
    """A warehouse with a table."""
    warehouse.run_sync("create table runs (n integer)")
    return warehouse


def add(runs: RedshiftDataApi, number: int) -> int:
    """Add a row and return how many there are, by what a person types without a thought."""
    added: Any = runs.run("insert into runs values (:n)", {"n": number})
    assert added.status == "FINISHED"
    counted: Any = runs.run(COUNT)  # its type is that of async code
    (row,) = runs.rows(counted)
    return int(row.n)


async def add_awaited(runs: RedshiftDataApi, number: int) -> int:
    await runs.run("insert into runs values (:n)", {"n": number})
    (row,) = [row async for row in runs.rows(await runs.arun(COUNT))]
    # Where a loop runs, what blocks still can: a cell of a notebook.
    (again,) = runs.rows(runs.run_sync(COUNT))
    assert again == row
    return int(row.n)


def test_a_script_blocks_or_awaits(runs: RedshiftDataApi) -> None:
    assert add(runs, 1) == 1
    assert asyncio.run(add_awaited(runs, 2)) == 2
    assert asyncio.run(runs.afetch_one(COUNT)) == (2,)


def test_threads_block(runs: RedshiftDataApi) -> None:
    threads = [threading.Thread(target=add, args=(runs, number)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert runs.fetch_all_sync("select n from runs order by n") == [(0,), (1,), (2,), (3,)]


def test_flows_and_tasks_block_or_await_as_they_are_declared(
    prefect_server: str, runs: RedshiftDataApi
) -> None:
    add_task, add_awaited_task = task(add), task(add_awaited)

    @flow
    def blocks() -> int:
        return add(runs, 0) + add_task(runs, 0) + add_task.submit(runs, 0).result()

    @flow
    async def awaits() -> list[int]:
        first = await add_awaited(runs, 0)
        # A sync task and flow of an async flow run on the thread of its event loop.
        return [first, await add_awaited_task(runs, 0), add_task(runs, 0), blocks()]

    assert blocks() == 1 + 2 + 3
    assert asyncio.run(awaits()) == [4, 5, 6, 7 + 8 + 9]


def test_a_failure_is_raised_where_it_is_waited_for(warehouse: RedshiftDataApi) -> None:
    with pytest.raises(StatementFailedError, match="division by zero"):
        warehouse.run_sync("select 1 / 0")


def test_ctrl_c_cancels_the_statement_that_a_script_waits_for(
    warehouse: RedshiftDataApi, history: History
) -> None:
    def interrupt() -> None:
        while not history.has_started("nap/"):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    heed_interrupts()
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        warehouse.run_sync("select pg_sleep(60)", name="nap")
    (listed,) = warehouse.list_statements("nap/")
    assert listed.status == "ABORTED"


def test_the_end_of_a_flow_cancels_what_its_sync_tasks_wait_for(
    prefect_server: str, warehouse: RedshiftDataApi, history: History
) -> None:
    @task
    def nap() -> None:
        warehouse.run("select pg_sleep(60)", name="nap")  # type: ignore[unused-coroutine]

    @flow(task_runner=EventLoopTaskRunner())
    def naps() -> None:
        nap.submit()
        while not history.has_started("nap/"):
            time.sleep(0.05)
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        naps()
    (listed,) = warehouse.list_statements("nap/")
    assert listed.status == "ABORTED"


def test_a_session_is_entered_without_await(warehouse: RedshiftDataApi) -> None:
    with warehouse.session() as session:
        session.run("create temp table kept as select 7 as n")
        statement = session.run("select n from kept")
    assert [tuple(row) for row in warehouse.rows(statement)] == [(7,)]
    assert session.session.id == statement.session_id


def test_a_large_result_is_read_by_for(warehouse: RedshiftDataApi) -> None:
    statement = warehouse.run_sync("select n from generate_series(1, 5000) s(n)", result_format="CSV")
    assert sum(row.n for row in warehouse.rows(statement)) == 12_502_500
    assert sum(batch.num_rows for batch in warehouse.record_batches(statement)) == 5000
    assert warehouse.to_pandas_sync(statement)["n"].sum() == 12_502_500


def types_of_all_forms(warehouse: RedshiftDataApi, machine: StateMachine, run: ExecutionRun) -> None:
    """Never called: mypy reads it."""
    assert_type(warehouse.run_sync("select 1"), Statement)
    assert_type(warehouse.fetch_one_sync("select 1"), tuple[Any, ...] | None)
    assert_type(next(warehouse.list_tables()), Table)
    assert_type(machine.trigger_sync({}), ExecutionRun)
    assert_type(run.wait_for_completion_sync(), Execution)
    with warehouse as same, same.session() as session:
        assert_type(same, RedshiftDataApi)
        assert_type(session.run("select 1"), Statement)


async def types_of_awaited_forms(warehouse: RedshiftDataApi, machine: StateMachine) -> None:
    """Never called: mypy reads it."""
    assert_type(await warehouse.run("select 1"), Statement)
    assert_type(await warehouse.arun("select 1"), Statement)
    assert_type(await warehouse.fetch_all("select 1"), list[tuple[Any, ...]])
    assert_type(await machine.atrigger({}), ExecutionRun)
    async for table in warehouse.list_tables():
        assert_type(table, Table)
    made: Callable[[str], Awaitable[Statement]] = warehouse.arun
    assert_type(made("select 1"), Awaitable[Statement])
