"""Flow runs as a worker handles them: made first, then executed in a process of their own, perhaps again."""

import asyncio
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import Flow, get_client
from prefect.flow_engine import run_flow
from prefect.states import AwaitingRetry

from prefect_redshift.tasks.hooks import cancel_statements
from tests.forking import Forked
from tests.project import PROJECT_FOLDER

# What a worker's process does with a flow run that was handed to it.
EXECUTE = """
import asyncio, sys
from importlib import import_module
from uuid import UUID
from prefect import get_client
from prefect.flow_engine import run_flow

async def execute():
    async with get_client() as client:
        flow_run = await client.read_flow_run(UUID(sys.argv[3]))
    await run_flow(getattr(import_module(sys.argv[1]), sys.argv[2]), flow_run=flow_run)

asyncio.run(execute())
"""


def execute(flow: Flow[..., Any], flow_run_id: UUID, before: str = "") -> Forked:
    """Start a process that executes the flow run, and the Python code `before` first."""
    return Forked(before + EXECUTE, flow.fn.__module__, flow.fn.__name__, str(flow_run_id))


async def new_flow_run(flow: Flow[..., Any], **parameters: Any) -> UUID:
    """Make a flow run with these parameters, as JSON has them, that nobody executes yet."""
    async with get_client() as client:
        return (await client.create_flow_run(flow, parameters=parameters)).id


def execute_here(flow: Flow[..., Any], flow_run_id: UUID) -> Any:
    """Execute the flow run in this process, as a worker's process does; return its result, or raise its error."""

    async def execute() -> Any:
        async with get_client() as client:
            flow_run = await client.read_flow_run(flow_run_id)
        result: Any = run_flow(flow, flow_run=flow_run)
        return await result

    return asyncio.run(execute())


def retry_here(flow: Flow[..., Any], flow_run_id: UUID) -> Any:
    """Do what `prefect flow-run retry` has a worker do, in this process."""
    asyncio.run(retry_later(flow_run_id))
    return execute_here(flow, flow_run_id)


async def retry_later(flow_run_id: UUID) -> None:
    """Has the flow run, whatever its state, wait for its next execution."""
    async with get_client() as client:
        await client.set_flow_run_state(flow_run_id, AwaitingRetry(), force=True)


async def worker_notices(flow: Flow[..., Any], flow_run_id: UUID) -> None:
    """Do what a worker does once it sees that the run's process has ended: call the hook of the flow."""
    async with get_client() as client:
        flow_run = await client.read_flow_run(flow_run_id)
    assert flow_run.state is not None
    await cancel_statements(flow, flow_run, flow_run.state)


def slow_scripts(folder: Path, seconds: float) -> Path:
    """Return the project's scripts, in which each load takes some seconds more."""
    for script in (PROJECT_FOLDER / "sql").iterdir():
        sleep = rf"\n    perform pg_sleep({seconds});\1"
        (folder / script.name).write_text(re.sub(r"(\n    lock table \w+;)", sleep, script.read_text()))
    return folder
