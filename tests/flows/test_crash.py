"""A process that is killed, and the flow run's retry: every step is executed once."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from prefect import get_client
from prefect.states import AwaitingRetry

from flows.hooks import cancel_statements
from flows.sales_data_pipeline import sales_data_pipeline
from flows.scripts import PROJECT_FOLDER
from tests.flows.test_sales_data_pipeline import STEPS
from tests.flows.warehouse import Warehouse

# What a worker's process does with a flow run that was handed to it.
EXECUTE = """
import asyncio, sys
from uuid import UUID
from prefect import get_client
from prefect.flow_engine import run_flow
from flows.sales_data_pipeline import sales_data_pipeline

async def execute():
    async with get_client() as client:
        flow_run = await client.read_flow_run(UUID(sys.argv[1]))
    await run_flow(sales_data_pipeline, flow_run=flow_run)

asyncio.run(execute())
"""


def execute(flow_run_id: UUID) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", EXECUTE, str(flow_run_id)],
        cwd=PROJECT_FOLDER,
        env=dict(os.environ),
        stderr=subprocess.DEVNULL,
    )


async def new_flow_run(scripts: Path) -> UUID:
    async with get_client() as client:
        parameters = {"run_date": "2026-11-22", "scripts": str(scripts)}
        return (await client.create_flow_run(sales_data_pipeline, parameters=parameters)).id


async def retry_later(flow_run_id: UUID) -> None:
    async with get_client() as client:
        await client.set_flow_run_state(flow_run_id, AwaitingRetry(), force=True)


@pytest.fixture
def slow_scripts(tmp_path: Path) -> Path:
    """The project's scripts, in which each load takes some seconds more."""
    for script in (PROJECT_FOLDER / "sql").iterdir():
        text = re.sub(r"(\n    lock table \w+;)", r"\n    perform pg_sleep(3);\1", script.read_text())
        (tmp_path / script.name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("step", ["LoadItemTable", "run_load_fact_sales"])
def test_killed_during_a_step_and_retried(warehouse: Warehouse, slow_scripts: Path, step: str) -> None:
    flow_run_id = asyncio.run(new_flow_run(slow_scripts))
    with execute(flow_run_id) as process:
        warehouse.wait_for_running(step)
        process.kill()
    asyncio.run(retry_later(flow_run_id))
    with execute(flow_run_id) as process:
        assert process.wait(60) == 0

    names = [statement["StatementName"] for statement in warehouse.statements()]
    assert Counter(name.split("/")[2] for name in names) == Counter(STEPS)
    assert {statement["Status"] for statement in warehouse.statements()} == {"FINISHED"}
    assert warehouse.count("store_sales") == 14


def test_the_hook_cancels_what_a_dead_process_left(warehouse: Warehouse, slow_scripts: Path) -> None:
    flow_run_id = asyncio.run(new_flow_run(slow_scripts))
    with execute(flow_run_id) as process:
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
