"""Flow runs at the begin and at the end of what is brought up: none stays in a state that is not true."""

import asyncio
import time

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import PrefectException
from prefect.logging import get_logger
from prefect.states import Cancelling, Crashed

from prefect_redshift.local.api import client_of

# Prefect's worker kills the process of a run that is being cancelled after 30 seconds.
CANCEL_SECONDS = 12.0
_UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


async def bury_dead_runs(api_url: str) -> None:
    """Before any worker is started: what is said to be under way died with an earlier worker, and reads Crashed now.

    So its slot of a concurrency limit is free again, and what was waiting for it begins.
    """
    async with client_of(api_url) as client:
        for run in await _under_way(client):
            state: State[None] = Crashed(message="Its worker ended before it did.")
            await client.set_flow_run_state(run.id, state, force=True)


async def cancel_runs(api_url: str) -> None:
    """Before the workers are stopped: cancel what is under way, as somebody would in the UI, and wait for its end.

    Each run cancels its statements. What goes wrong is logged: the workers are stopped all the same.
    """
    try:
        async with client_of(api_url) as client:
            for run in await _under_way(client):
                await client.set_flow_run_state(run.id, Cancelling())
            deadline = time.monotonic() + CANCEL_SECONDS
            # Nothing tells this process of another one's end.
            while time.monotonic() < deadline and await _under_way(client):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    except (PrefectException, httpx.HTTPError) as error:
        get_logger("local").warning("Flow runs were not cancelled before their worker: %s", error)


async def _under_way(client: PrefectClient) -> list[FlowRun]:
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY))
    return await client.read_flow_runs(flow_run_filter=FlowRunFilter(state=state))
