"""Processes that run the flow, forked from one that has imported it already: each starts in milliseconds."""

import asyncio
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import Flow, get_client
from prefect.client.schemas.objects import State
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Crashed

from flows.sales import SALES
from flows.sales_backfill import sales_backfill
from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.cli import backfill_main, daily_main
from prefect_redshift.local.processes import environment_without
from prefect_redshift.tasks.hooks import cancel_statements
from tests.chaos.clock import Clock, follow

LONGEST_SECONDS = 120.0
# Each flow with its command.
FLOWS: dict[str, tuple[Flow[..., Any], Callable[..., int]]] = {
    "sales-data-pipeline": (sales_data_pipeline, daily_main),
    "sales-backfill": (sales_backfill, backfill_main),
}

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Surroundings:
    """What a process finds: variables of its environment, Prefect's API, where its output goes, its wall clock."""

    variables: dict[str, str]
    api_url: str
    log: Path
    clock: Clock | None = None


class Attempt:
    """One process that tries the flow."""

    def __init__(self, work: Callable[..., Any], surroundings: Surroundings, *arguments: Any) -> None:
        self.log = surroundings.log
        self._process: ForkServerProcess = _FORKS.Process(
            target=_enter, args=(work, surroundings, arguments), daemon=True
        )
        self._process.start()
        self.started = time.monotonic()

    def kill_after(self, seconds: float) -> bool:
        """Kills it so many seconds after its start; False if it ended by itself before."""
        self._process.join(max(0.0, self.started + seconds - time.monotonic()))
        if self._process.exitcode is not None:
            return False
        self._process.kill()
        self._process.join()
        return True

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.exitcode is not None

    def end(self) -> int:
        """Waits for its end and returns the exit code; a process that hangs is killed, and told of."""
        self._process.join(LONGEST_SECONDS)
        if self.kill_after(0):
            raise AssertionError(f"hangs: {self.log.read_text()[-2000:]}")
        return self._process.exitcode or 0


def execute(flow: str, flow_run_id: UUID) -> None:
    """Does what a worker's process does with a flow run that was handed to it."""

    async def run() -> None:
        async with get_client() as client:
            flow_run = await client.read_flow_run(flow_run_id)
        running: Any = run_flow(FLOWS[flow][0], flow_run=flow_run)
        await running

    asyncio.run(run())


def bury(flow: str, flow_run_id: UUID) -> None:
    """Does what a worker does when the process of a flow run was killed: its state becomes Crashed, its hooks run."""

    async def run() -> None:
        async with get_client() as client:
            state: State[None] = Crashed(message="Flow run process exited with non-zero status code -9.")
            await client.set_flow_run_state(flow_run_id, state, force=True)
            flow_run = await client.read_flow_run(flow_run_id)
        await cancel_statements(FLOWS[flow][0], flow_run, state)

    asyncio.run(run())


def command_line(flow: str, *options: str) -> None:
    """Does what `python -m flows...` does."""
    run, command = FLOWS[flow]
    sys.exit(command(run, SALES, options))


def _enter(work: Callable[..., Any], surroundings: Surroundings, arguments: Sequence[Any]) -> None:
    output = os.open(surroundings.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    # Nothing of whoever runs this: a profile, or an endpoint of theirs.
    kept = environment_without("AWS_", "REDSHIFT_")
    os.environ.clear()
    os.environ.update(kept | surroundings.variables)
    if surroundings.clock:
        follow(surroundings.clock.file)
    with temporary_settings({PREFECT_API_URL: surroundings.api_url}):
        work(*arguments)
