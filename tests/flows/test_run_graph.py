"""The run's graph in the Prefect UI: the steps by their names, and what each waits for."""

import asyncio
import time
from datetime import date

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import TaskRun

from flows.sales_data_pipeline import sales_data_pipeline
from tests.flows.warehouse import Warehouse

EDGES = {
    "read_sp_statement": set(),
    "read_steps": set(),
    "read_validate_sql_statement": set(),
    "run_sp_deploy_redshift": {"read_sp_statement", "read_steps", "read_validate_sql_statement"},
    "setup_sales_data_pipeline": {"read_steps", "run_sp_deploy_redshift"},
    "LoadItemTable": {"read_steps", "setup_sales_data_pipeline"},
    "LoadCustomerAddressTable": {"read_steps", "setup_sales_data_pipeline"},
    "run_load_fact_sales": {"read_steps", "LoadItemTable", "LoadCustomerAddressTable"},
    "run_validate_sql_statement": {"read_steps", "read_validate_sql_statement", "run_load_fact_sales"},
}


async def recorded() -> list[TaskRun]:
    """The task runs of the latest flow run, once the server has recorded them all."""
    async with get_client() as client:
        (flow_run,) = await client.read_flow_runs(sort="START_TIME_DESC", limit=1)  # type: ignore[arg-type]
        mine = FlowRunFilter(id=FlowRunFilterId(any_=[flow_run.id]))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            task_runs = await client.read_task_runs(flow_run_filter=mine)
            if len(task_runs) == len(EDGES) and all(run.end_time for run in task_runs):
                return task_runs
            await asyncio.sleep(0.2)
    raise AssertionError("the server did not record all task runs")


def test_the_graph_has_the_articles_steps_and_edges(warehouse: Warehouse) -> None:
    asyncio.run(sales_data_pipeline(run_date=date(2026, 11, 22)))
    task_runs = asyncio.run(recorded())
    names = {run.id: run.name for run in task_runs}
    edges = {
        run.name: {names[upstream.id] for inputs in run.task_inputs.values() for upstream in inputs}  # type: ignore[union-attr]
        for run in task_runs
    }
    assert edges == EDGES
