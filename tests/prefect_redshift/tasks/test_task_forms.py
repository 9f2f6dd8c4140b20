"""Each task works in sync flows and scripts, by its name alone and by the name of a form."""

import asyncio
from typing import Any, assert_type

import pytest
from prefect import Task, flow, unmapped
from prefect.settings import PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW, temporary_settings

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.tasks import data_api as tasks
from prefect_redshift.tasks.hand_off import hand_off_to_state_machine
from prefect_redshift.tasks.task_forms import RedshiftTask
from tests.job_warehouse import Warehouse

OF_DATA_API = {name: each for name, each in vars(tasks).items() if isinstance(each, RedshiftTask)}
ADD = "insert into kept values (:n)"


@pytest.mark.parametrize("name", OF_DATA_API)
def test_each_task_has_its_forms_under_names_of_their_own(name: str) -> None:
    main = OF_DATA_API[name]
    assert getattr(tasks, f"a{name}") is main.aio
    assert getattr(tasks, f"{name}_sync") is main.sync
    assert (main.isasync, main.aio.isasync, main.sync.isasync) == (True, True, False)
    assert main.name == main.aio.name == main.sync.name
    assert main.retries == main.aio.retries == main.sync.retries


def test_the_hand_off_has_its_forms() -> None:
    assert not hand_off_to_state_machine.sync.isasync


@pytest.fixture
def block(warehouse: Warehouse) -> RedshiftDataApi:
    """The block on the test's own database, with a table."""
    made = RedshiftDataApi(workgroup_name="local-workgroup", database=warehouse.database)
    made.run_sync("create table kept (n integer)")
    return made


def test_a_sync_flow_calls_submits_and_maps(warehouse: Warehouse, block: RedshiftDataApi) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    def blocks() -> list[Any]:
        added: Any = tasks.run_statement(block, ADD, {"n": 1})  # its type is that of async code
        assert added.status == "FINISHED"
        assert_type(tasks.run_statement_sync(block, ADD, {"n": 2}), Statement)
        renamed: Any = tasks.run_statement.with_options(name="renamed")
        assert renamed(block, ADD, {"n": 3}).status == "FINISHED"
        tasks.run_statement.submit(block, ADD, {"n": 4}).wait()
        tasks.run_statement_sync.submit(block, ADD, {"n": 5}).wait()
        values = [{"n": n} for n in (6, 7)]
        tasks.run_statement.map(unmapped(block), unmapped(ADD), values).wait()
        found = tasks.run_statement_sync(block, "select max(n) from kept")
        return tasks.get_statement_result_sync(block, found)

    assert blocks() == [(7,)]
    assert warehouse.rows("select n from kept order by n") == [(n,) for n in range(1, 8)]


def test_an_async_flow_calls_each_form(warehouse: Warehouse, block: RedshiftDataApi) -> None:
    @flow
    async def awaits() -> None:
        await tasks.run_statement(block, ADD, {"n": 1})
        await tasks.arun_statement(block, ADD, {"n": 2})
        # Blocking, it still works; it holds up whatever else the flow awaits.
        tasks.run_statement_sync(block, ADD, {"n": 3})
        made = tasks.run_statement.with_options(retries=0)
        assert (made.retries, made.sync.retries) == (0, 0)
        await made(block, ADD, {"n": 4})

    asyncio.run(awaits())
    assert warehouse.rows("select n from kept order by n") == [(1,), (2,), (3,), (4,)]


def test_a_script_calls_it_anew_each_time(warehouse: Warehouse, block: RedshiftDataApi) -> None:
    with temporary_settings({PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore"}):
        for count in range(2):
            tasks.run_statement_sync(block, ADD, {"n": 1})
            statement = tasks.run_statement_sync(block, "select count(*) as n from kept")
            rows = tasks.get_statement_result_sync(block, statement)
            assert [row.n for row in rows] == [count + 1]
    assert warehouse.rows("select count(*) from kept") == [(2,)]


def types(block: RedshiftDataApi) -> None:
    """Never called: mypy reads it."""
    assert_type(tasks.describe_statement_sync(block, "1"), Statement)
    assert isinstance(tasks.arun_statement, Task)
