"""What Prefect's server says of flow runs, and flow runs that are started through it."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from prefect import State, get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.responses import DeploymentResponse
from prefect.settings import PREFECT_API_URL

DAILY = "sales-data-pipeline/daily"
BACKFILL = "sales-backfill/backfill"

T = TypeVar("T")


def ask(question: Callable[[PrefectClient], Awaitable[T]]) -> T:
    """Return what Prefect's API answers."""

    async def asked() -> T:
        async with get_client() as client:
            return await question(client)

    return asyncio.run(asked())


def deployment(name: str = DAILY) -> DeploymentResponse:
    """Return a deployment."""
    return ask(lambda client: client.read_deployment_by_name(name))


def started(parameters: dict[str, Any], state: "State[Any] | None" = None, of: str = DAILY) -> UUID:
    """Return the id of a new run of a deployment, in that state to begin with."""
    deployment_id = deployment(of).id
    run = ask(
        lambda client: client.create_flow_run_from_deployment(
            deployment_id, parameters=parameters, state=state
        )
    )
    return run.id


def state_of(run_id: UUID) -> str | None:
    """Return the name of a run's state, which is asked for often: to make a client of Prefect's takes longer."""
    with urllib.request.urlopen(f"{PREFECT_API_URL.value()}/flow_runs/{run_id}", timeout=60) as answer:
        name: str | None = json.load(answer)["state_name"]
        return name


def until(holds: Callable[[], bool], seconds: float, pause: float = 0.3) -> None:
    """Wait until it holds; fail the test if it does not. Each look costs the server as much as a step of a run."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(pause)
