"""What Prefect's server keeps of a run, read through its API."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
from prefect import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterStartTime,
)
from prefect.client.schemas.objects import Artifact, FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.settings import PREFECT_API_URL

# Those that a schedule only plans have no time of start, and would come first.
STARTED = FlowRunFilter(start_time=FlowRunFilterStartTime(is_null_=False))


async def _latest_run() -> FlowRun:
    async with get_client() as client:
        (run,) = await client.read_flow_runs(
            flow_run_filter=STARTED, sort=FlowRunSort.START_TIME_DESC, limit=1
        )
    return run


async def _artifacts() -> list[Artifact]:
    run = await _latest_run()
    async with get_client() as client:
        return await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        )


def latest_run() -> FlowRun:
    """Return the flow run that was started last."""
    return asyncio.run(_latest_run())


def artifacts() -> dict[str, Any]:
    """Return the artifacts of the latest flow run by key, tables as lists of rows."""
    found = [artifact for artifact in asyncio.run(_artifacts()) if artifact.key]
    assert len({artifact.key for artifact in found}) == len(found)
    return {
        str(artifact.key): json.loads(str(artifact.data)) if artifact.type == "table" else artifact.data
        for artifact in found
    }


def events(name_prefix: str, complete: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Return the latest flow run's events whose names begin so, oldest first, once they are complete."""
    related = {"id": [f"prefect.flow-run.{latest_run().id}"]}
    filters = {"related": related, "event": {"prefix": [name_prefix]}, "order": "ASC"}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = httpx.post(f"{PREFECT_API_URL.value()}/events/filter", json={"filter": filters})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["events"]
        if complete(found):
            return found
        time.sleep(0.2)
    raise AssertionError(f"the server has only {[event['event'] for event in found]}")
