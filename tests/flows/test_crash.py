"""A process that is killed, and the flow run's retry: every step is executed once."""

import asyncio
import signal
from collections import Counter
from pathlib import Path

import pytest
from prefect import get_client

from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.tasks.hooks import cancel_statements
from tests.flow_runs import execute, new_flow_run, retry_later, slow_scripts
from tests.flows.test_sales_data_pipeline import STEPS
from tests.job_warehouse import Warehouse


@pytest.fixture
def parameters(tmp_path: Path) -> dict[str, str]:
    """A run whose loads take some seconds each."""
    return {"run_date": "2026-11-22", "scripts": str(slow_scripts(tmp_path, 3))}


@pytest.mark.parametrize("step", ["LoadItemTable", "run_load_fact_sales"])
def test_killed_during_a_step_and_retried(
    warehouse: Warehouse, parameters: dict[str, str], step: str
) -> None:
    flow_run_id = asyncio.run(new_flow_run(sales_data_pipeline, **parameters))
    with execute(sales_data_pipeline, flow_run_id) as process:
        warehouse.wait_for_running(step)
        process.kill()
    asyncio.run(retry_later(flow_run_id))
    with execute(sales_data_pipeline, flow_run_id) as process:
        assert process.wait(60) == 0

    names = [statement["StatementName"] for statement in warehouse.statements()]
    assert Counter(name.split("/")[2] for name in names) == Counter(STEPS)
    assert {statement["Status"] for statement in warehouse.statements()} == {"FINISHED"}
    assert warehouse.count("store_sales") == 14


def test_the_hook_cancels_what_a_dead_process_left(warehouse: Warehouse, parameters: dict[str, str]) -> None:
    flow_run_id = asyncio.run(new_flow_run(sales_data_pipeline, **parameters))
    with execute(sales_data_pipeline, flow_run_id) as process:
        warehouse.wait_for_running("run_load_fact_sales")
        process.send_signal(signal.SIGKILL)

    async def worker_notices() -> None:
        async with get_client() as client:
            flow_run = await client.read_flow_run(flow_run_id)
        assert flow_run.state is not None
        await cancel_statements(sales_data_pipeline, flow_run, flow_run.state)

    asyncio.run(worker_notices())
    assert warehouse.running() == []
    assert [s["Status"] for s in warehouse.statements() if "run_load_fact_sales" in s["StatementName"]] == [
        "ABORTED"
    ]
    assert warehouse.count("store_sales") == 0
