"""Processes that run the flow, forked from one that has imported it already: each starts in milliseconds."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from prefect import Flow, get_client, tags
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
from tests.chaos.verdict import HangsError
from tests.signals import heed_interrupts

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
    """What a process finds.

    Attributes:
        variables: Of its environment.
        api_url: Prefect's API.
        log: Where its output goes; its name is a tag of the flow runs that it makes.
        clock: Its wall clock.
    """

    variables: dict[str, str]
    api_url: str
    log: Path
    clock: Clock | None = None


class Attempt:
    """One process that tries the flow.

    Attributes:
        log: What it says.
        started: When it was started, by the monotonic clock.
        cause: What has asked it to end, and when, by the monotonic clock.
        gone: When it was gone, by the monotonic clock; None until then.
    """

    def __init__(self, work: Callable[..., Any], surroundings: Surroundings, *arguments: Any) -> None:
        self.log = surroundings.log
        self.cause: tuple[str, float] | None = None
        self.gone: float | None = None
        self._process: ForkServerProcess = _FORKS.Process(
            target=_enter, args=(work, surroundings, arguments), daemon=True
        )
        self._process.start()
        self.started = time.monotonic()
        self._watch = threading.Thread(target=self._note_end, daemon=True)
        self._watch.start()

    def _note_end(self) -> None:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(self._process.pid).wait()
        self.gone = time.monotonic()

    def kill_after(self, seconds: float) -> bool:
        """Kill it so many seconds after its start; return False if it ended by itself before."""
        self._process.join(max(0.0, self.started + seconds - time.monotonic()))
        if self.has_ended:
            return False
        self._process.kill()
        self._process.join()
        return True

    def ask_to_end(self, number: signal.Signals, cause: str = "") -> None:
        """Send it a signal, unless it has ended by itself."""
        if not self.has_ended:
            assert self._process.pid
            self.cause = cause or number.name, time.monotonic()
            os.kill(self._process.pid, number)

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.exitcode is not None

    def wait(self, seconds: float = 30.0) -> None:
        """Wait for its end, but not for ever."""
        self._process.join(seconds)

    def end(self) -> int:
        """Wait for its end and return the exit code.

        Raises:
            HangsError: It does not end, and was killed.
        """
        self.wait(LONGEST_SECONDS)
        if self.kill_after(0):
            raise HangsError(f"hangs: {self.words()[-2000:]}")
        self._watch.join()
        return self._process.exitcode or 0

    @property
    def seconds_to_end(self) -> float:
        """From what has asked it to end until it was gone."""
        assert self.cause
        assert self.gone
        return self.gone - self.cause[1]

    @property
    def asked_at(self) -> float:
        """When it was asked to end, by the wall clock; 0 if nobody has."""
        return _wall_time(self.cause[1]) if self.cause else 0.0

    @property
    def started_at(self) -> float:
        """When it was started, by the wall clock."""
        return _wall_time(self.started)

    @property
    def ended_at(self) -> float:
        """When it was gone, by the wall clock."""
        assert self.gone
        return _wall_time(self.gone)

    def words(self) -> str:
        """Return what it has said."""
        return self.log.read_text() if self.log.exists() else ""


def _wall_time(monotonic: float) -> float:
    return time.time() - (time.monotonic() - monotonic)


def execute(flow: str, flow_run_id: UUID) -> None:
    """Do what a worker's process does with a flow run that was handed to it."""

    async def run() -> None:
        async with get_client() as client:
            flow_run = await client.read_flow_run(flow_run_id)
        running: Any = run_flow(FLOWS[flow][0], flow_run=flow_run)
        await running

    asyncio.run(run())


def bury(flow: str, flow_run_id: UUID) -> None:
    """Do what a worker does when the process of a flow run was killed: its state becomes Crashed, its hooks run."""

    async def run() -> None:
        async with get_client() as client:
            state: State[None] = Crashed(message="Flow run process exited with non-zero status code -9.")
            await client.set_flow_run_state(flow_run_id, state, force=True)
            flow_run = await client.read_flow_run(flow_run_id)
        await cancel_statements(FLOWS[flow][0], flow_run, state)

    asyncio.run(run())


def command_line(flow: str, *options: str) -> None:
    """Do what `python -m flows...` does."""
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
    heed_interrupts()
    with temporary_settings({PREFECT_API_URL: surroundings.api_url}), tags(surroundings.log.stem):
        work(*arguments)
