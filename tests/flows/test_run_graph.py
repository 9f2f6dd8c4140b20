"""The run's graph in the Prefect UI: the steps by their names, and what each waits for."""

import asyncio
import time
from datetime import date

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import TaskRun

from flows.sales import SALES
from flows.sales_data_pipeline import sales_data_pipeline
from tests.job_warehouse import Warehouse

READ = {"read_sp_statement", "read_steps", "read_validate_sql_statement", "read_checks"}
EDGES = {
    **{name: set() for name in READ},
    "run_sp_deploy_redshift": READ,
    "setup_sales_data_pipeline": {"run_sp_deploy_redshift"},
    "LoadItemTable": {"setup_sales_data_pipeline"},
    "LoadCustomerAddressTable": {"setup_sales_data_pipeline"},
    "run_load_fact_sales": {"LoadItemTable", "LoadCustomerAddressTable"},
    "run_validate_sql_statement": {"run_load_fact_sales"},
}


async def recorded(number: int) -> list[TaskRun]:
    """Return the task runs of the latest flow run, once the server has recorded them all."""
    async with get_client() as client:
        (flow_run,) = await client.read_flow_runs(sort="START_TIME_DESC", limit=1)  # type: ignore[arg-type]
        mine = FlowRunFilter(id=FlowRunFilterId(any_=[flow_run.id]))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            task_runs = await client.read_task_runs(flow_run_filter=mine)
            if len(task_runs) == number and all(run.end_time for run in task_runs):
                return task_runs
            await asyncio.sleep(0.2)
    raise AssertionError("the server did not record all task runs")


async def edges(number: int) -> dict[str, set[str]]:
    """Return what each of so many steps of the latest flow run waits for."""
    task_runs = await recorded(number)
    names = {run.id: run.name for run in task_runs}
    return {
        run.name: {names[upstream.id] for inputs in run.task_inputs.values() for upstream in inputs}  # type: ignore[union-attr]
        for run in task_runs
    }


def test_the_graph_has_the_articles_steps_and_edges(warehouse: Warehouse) -> None:
    asyncio.run(sales_data_pipeline(run_date=date(2026, 11, 22)))
    found = asyncio.run(edges(len(EDGES)))
    assert found == EDGES
    # The flow is written out: its steps and their order are those of the declaration.
    assert set(SALES.step_names) == found.keys()
    for load in SALES.loads:
        assert found[load.name] == set(SALES.loads_before(load) or ["setup_sales_data_pipeline"])
