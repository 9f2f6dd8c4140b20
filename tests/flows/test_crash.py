"""A process that is killed, and the flow run's retry: every step is executed once."""

import asyncio
import logging
import signal
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect import flow, get_client, runtime
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelling, Crashed
from prefect.utilities.engine import capture_sigterm

from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin
from prefect_redshift.blocks.cancelled_here import remember
from prefect_redshift.data_api.cancelling.cancellation import Unconfirmed
from prefect_redshift.tasks.hooks import cancel_statements
from tests.flow_runs import execute, new_flow_run, retry_later, slow_scripts, worker_notices
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
        with warehouse.locked("store_sales"):
            process.send_signal(signal.SIGKILL)
            asyncio.run(worker_notices(sales_data_pipeline, flow_run_id))
    assert warehouse.running() == []
    assert [s["Status"] for s in warehouse.statements() if "run_load_fact_sales" in s["StatementName"]] == [
        "ABORTED"
    ]
    assert warehouse.count("store_sales") == 0


def test_the_hook_leaves_a_try_alone_that_has_begun_meanwhile(
    warehouse: Warehouse, parameters: dict[str, str]
) -> None:
    flow_run_id = asyncio.run(new_flow_run(sales_data_pipeline, **parameters))
    crashed: State[None] = Crashed()
    with execute(sales_data_pipeline, flow_run_id) as process:
        warehouse.wait_for_running("LoadItemTable")

        async def worker_comes_late() -> None:
            async with get_client() as client:
                flow_run = await client.read_flow_run(flow_run_id)
            await cancel_statements(sales_data_pipeline, flow_run, crashed)

        asyncio.run(worker_comes_late())
        assert process.wait(60) == 0
    assert {statement["Status"] for statement in warehouse.statements()} == {"FINISHED"}


@pytest.mark.parametrize(
    ("tried_here", "told"),
    [
        (True, []),
        (False, ["no whole answer within 3.5 seconds"]),
    ],
    ids=["tried in vain already", "nothing was cancelled"],
)
def test_in_the_process_itself_the_hook_leaves_the_run_time_to_end(
    warehouse: Warehouse, admin: Admin, caplog: pytest.LogCaptureFixture, tried_here: bool, told: list[str]
) -> None:
    admin.add_fault("latency", operation="ListStatements", seconds=8.0)
    pipeline: Any = sales_data_pipeline
    run = FlowRun.model_construct(id=uuid4(), name="one", parameters={}, run_count=1)
    if tried_here:
        remember(Unconfirmed(name=f"{pipeline.name}/{run.id}/LoadItemTable/1/0", id="1", reason="no answer"))
    crashed: State[None] = Crashed()

    async def ask_to_end() -> None:
        with capture_sigterm():
            await cancel_statements(pipeline, run, crashed)

    with caplog.at_level(logging.ERROR):
        asyncio.run(ask_to_end())
    admin.clear_faults()
    assert [words for words in told if words in caplog.text] == told
    assert bool(admin.calls(operation="ListStatements")) != tried_here


@pytest.mark.parametrize(
    ("has_worker", "reads", "words"),
    [(False, StateType.CANCELLED, "Nothing was left to cancel."), (True, StateType.CANCELLING, None)],
)
async def test_a_run_whose_work_was_done_when_it_was_cancelled(
    warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    has_worker: bool,
    reads: StateType,
    words: str | None,
) -> None:
    """Prefect refuses its own last state then, and leaves it Cancelling where no worker is that marks it."""
    if has_worker:
        monkeypatch.setenv("PREFECT__FLOW_RUN_ID", str(uuid4()))

    @flow(on_cancellation=[cancel_statements])
    async def done() -> UUID:
        run = runtime.flow_run.id
        async with get_client() as client:
            await client.set_flow_run_state(UUID(run), Cancelling())
        return UUID(run)

    run = await done()
    async with get_client() as client:
        state = (await client.read_flow_run(run)).state
    assert state is not None
    assert (state.type, state.message) == (reads, words)
