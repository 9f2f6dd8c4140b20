"""A retry of a flow run: what finished is not repeated, what changed is executed again, and nothing is lost."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect import flow

from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import ChangedWorkError, PipelineError, StatementFailedError
from prefect_redshift.pipeline.check_results import ValidationFailedError
from prefect_redshift.runner import EventLoopTaskRunner
from prefect_redshift.tasks import chain
from prefect_redshift.tasks.data_api import run_statement
from tests.flow_runs import execute_here, new_flow_run, retry_here
from tests.flows.test_sales_data_pipeline import STEPS
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER

DAY, NEXT_DAY = date(2026, 11, 22), date(2026, 11, 23)
FAILING = "\n-- check: never (fail)\nselect 1 as expected, 2 as actual;\n"


class Run:
    """A flow run of one day, with scripts that can be changed between its tries."""

    def __init__(self, warehouse: Warehouse, scripts: Path, **parameters: Any) -> None:
        self.warehouse = warehouse
        self.scripts = scripts
        given = {"run_date": str(DAY), "scripts": str(scripts), **parameters}
        self.id: UUID = asyncio.run(new_flow_run(sales_data_pipeline, **given))

    def edit(self, script: str, old: str, new: str) -> None:
        """Change a script."""
        text = (self.scripts / script).read_text()
        assert old in text
        (self.scripts / script).write_text(text.replace(old, new))

    def execute(self) -> Any:
        """Run the first try."""
        return execute_here(sales_data_pipeline, self.id)

    def retry(self) -> Any:
        """Run a further try."""
        return retry_here(sales_data_pipeline, self.id)

    def submitted(self) -> Counter[str]:
        """How often each step was submitted in all tries."""
        names = [s["StatementName"] for s in self.warehouse.statements(f"sales-data-pipeline/{self.id}/")]
        return Counter(name.split("/")[2] for name in names)


@pytest.fixture
def run(warehouse: Warehouse, tmp_path: Path) -> Callable[..., Run]:
    """Makes a flow run."""
    scripts = Path(shutil.copytree(PROJECT_FOLDER / "sql", tmp_path / "sql"))
    return lambda **parameters: Run(warehouse, scripts, **parameters)


def loaded_days(warehouse: Warehouse) -> dict[int, int]:
    return dict(warehouse.rows("select ss_sold_date_sk, count(*) from store_sales group by 1 order by 1"))


def test_tables_are_dropped_once_in_a_flow_run_and_what_others_loaded_stays(
    warehouse: Warehouse, run: Callable[..., Run]
) -> None:
    first = run(setup="always")
    first.edit("checks.sql", "-- check: store_sales_delivered", f"{FAILING}\n-- check: store_sales_delivered")
    with pytest.raises(ValidationFailedError):
        first.execute()
    asyncio.run(sales_data_pipeline(run_date=NEXT_DAY))
    first.edit("steps.sql", "call sp_load_dim_item();", "call  sp_load_dim_item();")
    first.edit("checks.sql", FAILING, "")
    first.retry()
    assert loaded_days(warehouse) == {20261122: 14, 20261123: 14}
    assert first.submitted()["setup_sales_data_pipeline"] == 1
    assert first.submitted()["LoadItemTable"] == 2
    assert first.submitted()["run_load_fact_sales"] == 2


def test_what_drops_tables_is_not_run_in_another_form(warehouse: Warehouse, run: Callable[..., Run]) -> None:
    first = run(setup="always")
    first.edit("checks.sql", "-- check: store_sales_delivered", f"{FAILING}\n-- check: store_sales_delivered")
    with pytest.raises(ValidationFailedError):
        first.execute()
    first.edit("steps.sql", "call sp_setup_sales_data_pipeline();", "call  sp_setup_sales_data_pipeline();")
    with pytest.raises(ChangedWorkError, match=r"may be done once only, .* Start a new run"):
        first.retry()
    assert loaded_days(warehouse) == {20261122: 14}


def test_where_it_cannot_be_told_nothing_that_drops_is_run(
    warehouse: Warehouse, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(setup="always")
    first.edit("checks.sql", "-- check: store_sales_delivered", f"{FAILING}\n-- check: store_sales_delivered")
    with pytest.raises(ValidationFailedError):
        first.execute()
    asyncio.run(sales_data_pipeline(run_date=NEXT_DAY))
    monkeypatch.setattr(chain, "LIST_REACHES_BACK", timedelta())
    with pytest.raises(
        PipelineError, match="cannot be told any more, so nothing was run: start a new flow run"
    ):
        first.retry()
    assert loaded_days(warehouse) == {20261122: 14, 20261123: 14}


def test_a_retry_after_the_source_was_fixed_loads_again_and_passes(
    warehouse: Warehouse, run: Callable[..., Run]
) -> None:
    asyncio.run(sales_data_pipeline(run_date=NEXT_DAY))
    warehouse.run("create table kept as select * from src_store_sales where ss_sold_date = '2026-11-22'")
    warehouse.run("delete from src_store_sales where ss_sold_date = '2026-11-22'")
    failed = run()
    for _ in range(2):
        with pytest.raises(ValidationFailedError, match="the source holds no sales of the day"):
            failed.execute() if not failed.submitted() else failed.retry()
    warehouse.run("insert into src_store_sales select * from kept")
    failed.retry()
    assert loaded_days(warehouse) == {20261122: 14, 20261123: 14}
    # The procedures and the setup were not changed, and are not repeated.
    assert failed.submitted() == Counter(STEPS) + Counter(STEPS[2:]) + Counter(STEPS[2:])


def test_a_procedure_that_was_fixed_is_deployed_and_all_that_follows_executed(
    warehouse: Warehouse, run: Callable[..., Run]
) -> None:
    broken = run()
    broken.edit("sp_statements.sql", "lock table store_sales;", "lock table store_sales; perform 1 / 0;")
    with pytest.raises(StatementFailedError, match="division by zero"):
        broken.execute()
    broken.edit("sp_statements.sql", " perform 1 / 0;", "")
    broken.retry()
    assert loaded_days(warehouse) == {20261122: 14}
    assert broken.submitted() == Counter(STEPS) + Counter(STEPS[:5])


def test_what_finished_unchanged_is_not_repeated(warehouse: Warehouse, run: Callable[..., Run]) -> None:
    flaky = run()
    call = "call sp_load_fact_sales(cast(:run_date as date));"
    flaky.edit("steps.sql", call, f"select 1 / (select count(*) from item where false); {call}")
    with pytest.raises(StatementFailedError):
        flaky.execute()
    with pytest.raises(StatementFailedError):
        flaky.retry()
    assert flaky.submitted() == Counter(STEPS[:5]) + Counter(STEPS[4:5])
    flaky.edit("steps.sql", "select 1 / (select count(*) from item where false); ", "")
    flaky.retry()
    assert flaky.submitted() == Counter(STEPS) + Counter(STEPS[4:5]) + Counter(STEPS[4:5])
    assert loaded_days(warehouse) == {20261122: 14}


def test_unnamed_statements_of_a_flow_of_ones_own_are_run_once_however_often_it_is_tried(
    warehouse: Warehouse,
) -> None:
    block = RedshiftDataApi(workgroup_name="local-workgroup", database=warehouse.database)
    warehouse.run("create table t (a integer)")
    tries: list[int] = []

    @flow(retries=2, retry_delay_seconds=0, task_runner=EventLoopTaskRunner())
    async def inserting() -> None:
        await run_statement(block, "insert into t values (:a)", {"a": "1"})
        await run_statement(block, "insert into t values (:a)", {"a": "1"})
        await run_statement(block, "insert into t values (:a)", {"a": "2"})
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("try again")

    asyncio.run(inserting())
    assert len(tries) == 3
    assert warehouse.rows("select a, count(*) from t group by a order by a") == [(1, 2), (2, 1)]


def test_a_loop_of_the_same_select_reads_anew(warehouse: Warehouse) -> None:
    block = RedshiftDataApi(workgroup_name="local-workgroup", database=warehouse.database)

    @flow(task_runner=EventLoopTaskRunner())
    async def asking() -> set[str]:
        return {(await run_statement(block, "select 1")).id for _ in range(3)}

    assert len(asyncio.run(asking())) == 3
