"""One flow run on a database of its own, tried until it succeeds, and the verdict on what it left."""

import asyncio
import os
import re
import shutil
import signal
import time
import uuid
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun, State
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import AwaitingRetry, Cancelling

from prefect_redshift.runner.cancellation import CONFIRMED, NOTHING_LEFT
from tests.chaos.attempts import FLOWS, Attempt, Surroundings, bury, command_line, execute
from tests.chaos.job import DAILY, Job
from tests.chaos.judge import SETTLE_SECONDS, Judge, Tables
from tests.chaos.place import Place
from tests.chaos.scripts import PACE_TABLE
from tests.chaos.verdict import Verdict
from tests.job_warehouse import Warehouse

FINAL_STATES = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
USUAL_PACE = 0.15
MAY_RUN = re.compile(r"(\S+)(?: \((\S+)\))? may still run: ")
T = TypeVar("T")


class Trial:
    """One flow run, and what becomes of it.

    Attributes:
        scripts: The folder of its scripts.
        parameters: Of the flow, beside the job's own.
        marks: What the last statement of a step must show, because the step was edited.
    """

    def __init__(self, place: Place, database: str, job: Job) -> None:
        self.place = place
        self.job = job
        self.warehouse = Warehouse(place.data_api, database)
        self.judged = Judge(self.warehouse, place.admin)
        self.flow_run_id: UUID | None = None
        self.verdict = Verdict()
        self.scripts = place.scripts
        self.parameters: dict[str, str] = {}
        self.marks: dict[str, str] = {}
        self.variables = {
            **place.variables,
            "REDSHIFT_WORKGROUP_NAME": "local-workgroup",
            "REDSHIFT_DATABASE": database,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        self._numbers = count(1)
        self._last_attempt: Attempt | None = None

    def beside(self, job: Job) -> "Trial":
        """Return a trial of another flow run in the same database."""
        other = Trial(self.place, self.warehouse.database, job)
        other._numbers = self._numbers
        other.scripts = self.scripts
        return other

    def own_scripts(self) -> Path:
        """Give it a copy of the scripts, to be edited."""
        self.scripts = self.place.folder / f"{self.warehouse.database}-sql"
        shutil.copytree(self.place.scripts, self.scripts)
        return self.scripts

    def set_pace(self, seconds: float) -> None:
        """Have each load last so long from now on."""
        self.warehouse.run(f"update {PACE_TABLE} set seconds = {seconds}")

    def begin(self) -> Attempt:
        """Start a new flow run, or retry the one there is, as a worker does."""
        self.flow_run_id = self.api(self._new_or_retried())
        return self._attempt(execute, self.job.flow, self.flow_run_id)

    def _attempt(self, work: Any, *arguments: Any) -> Attempt:
        log = self.place.folder / f"{self.warehouse.database}-{next(self._numbers)}.log"
        surroundings = Surroundings(self.variables, self.place.api_url, log, self.place.clock)
        self._last_attempt = Attempt(work, surroundings, *arguments)
        return self._last_attempt

    async def _new_or_retried(self) -> UUID:
        async with get_client() as client:
            if self.flow_run_id:
                await client.set_flow_run_state(self.flow_run_id, AwaitingRetry(), force=True)
                return self.flow_run_id
            return (await client.create_flow_run(FLOWS[self.job.flow][0], parameters=self.given)).id

    @property
    def given(self) -> dict[str, str]:
        """The flow's parameters."""
        return {**self.job.parameters, "scripts": str(self.scripts), **self.parameters}

    def begin_by_command_line(self) -> Attempt:
        """Start a flow run of its own, as a person does."""
        self.flow_run_id = None
        return self._attempt(command_line, self.job.flow, *replace(self.job, parameters=self.given).options)

    def worker_notices(self) -> None:
        """Do what a worker does when the process of a flow run is dead; then nothing may run on."""
        asked = time.monotonic()
        assert self._attempt(bury, self.job.flow, self.flow_run_id).end() == 0
        self.verdict.note_end("a worker's hook", time.monotonic() - asked)
        self.verdict.orphaned += [str(statement) for statement in self.judged.running(self.prefix)]

    @property
    def prefix(self) -> str:
        """What the names of its statements begin with."""
        return f"{self.job.flow}/{self.flow_run_id}/" if self.flow_run_id else f"{self.job.flow}/"

    def interrupt(self, attempt: Attempt, way: str) -> None:
        """End an attempt early: by `SIGTERM`, `SIGINT`, or a `cancel` in Prefect, upon which a worker sends SIGTERM."""
        if way == "cancel":
            self.api(self._set_cancelling())
        attempt.ask_to_end(signal.SIGINT if way == "SIGINT" else signal.SIGTERM, way)

    async def _set_cancelling(self) -> None:
        assert self.flow_run_id
        async with get_client() as client:
            await client.set_flow_run_state(self.flow_run_id, Cancelling())

    def run(self) -> FlowRun | None:
        """Return the flow run as Prefect knows it; None where the last attempt has not made one."""

        async def read() -> FlowRun | None:
            async with get_client() as client:
                if self.flow_run_id:
                    return await client.read_flow_run(self.flow_run_id)
                assert self._last_attempt
                wanted = FlowRunFilter(tags=FlowRunFilterTags(all_=[self._last_attempt.log.stem]))
                found = await client.read_flow_runs(flow_run_filter=wanted)
                return found[0] if found else None

        return self.api(read())

    def api(self, work: Coroutine[Any, Any, T]) -> T:
        """Ask Prefect's API."""
        with temporary_settings({PREFECT_API_URL: self.place.api_url}):
            return asyncio.run(work)

    def ended(self, attempt: Attempt, *, has_worker: bool = False, is_prompt: bool = True) -> bool:
        """Wait for the attempt's end; return whether it ended well, which Prefect must say, too.

        Args:
            attempt: The process.
            has_worker: Whether a worker tells Prefect of a process that failed and could not tell it itself.
            is_prompt: Whether nothing keeps it from ending once its last statement has ended.
        """
        code = attempt.end()
        if attempt.cause:
            self.verdict.note_end(attempt.cause[0], attempt.seconds_to_end)
        run = self.run()
        self.flow_run_id = run.id if run else None
        state = run.state.type.value if run and run.state else "NONE"
        if attempt.cause and code:
            self.check_words(attempt)
        elif is_prompt and not attempt.cause:
            self._note_natural_end(attempt)
        # A signal may come before the flow has begun, and end the process without a word.
        has_worker = has_worker or (attempt.cause is not None and code < 0 and run is not None)
        if has_worker and code and state not in FINAL_STATES:
            self.worker_notices()
            state = "CRASHED"
        if run and run.state and _was_done(code, run.state, run.end_time, attempt.asked_at):
            return True
        is_final = state in FINAL_STATES or (run is None and attempt.cause is not None)
        if (code == 0) != (state == "COMPLETED") or not is_final:
            self.verdict.untrue.append(f"exit code {code}, state {state}")
        return code == 0

    def _note_natural_end(self, attempt: Attempt) -> None:
        ends = [each["UpdatedAt"].timestamp() for each in self.judged.statements(self.prefix)]
        own = [end for end in ends if attempt.started_at < end <= attempt.ended_at]
        if own:
            self.verdict.note_end("the last statement's end", attempt.ended_at - max(own))

    def check_words(self, attempt: Attempt) -> None:
        """Check that an early end says what is so: that all has ended, or which statement may run on."""
        run = self.run()
        words = f"{attempt.words()} {run.state.message if run and run.state else ''}"
        named = [name for found in MAY_RUN.findall(words) for name in found if name]
        for statement in self.judged.running(self.prefix):
            told = any(
                str(statement[key]).startswith(name) for key in ("Id", "StatementName") for name in named
            )
            if CONFIRMED in words or NOTHING_LEFT in words or not told:
                self.verdict.untrue.append(f"after {attempt.cause}: {statement} runs on; {words[-1000:]}")

    def last_words(self) -> str:
        """Return the end of what the last attempt has said."""
        return self._last_attempt.words()[-1500:] if self._last_attempt else ""

    def judge(
        self, undisturbed: Tables, others: "Sequence[Trial]" = (), settle_seconds: float = SETTLE_SECONDS
    ) -> Verdict:
        """Compare with undisturbed runs what is left in the database, once all its trials have ended well."""
        verdict = Verdict(orphaned=self.judged.settled(settle_seconds))
        verdict += self.judged.tables(undisturbed)
        history = self.judged.history(destroys=self.parameters.get("setup") == "always")
        verdict.doubled += [*self.judged.executed_twice(), *history.doubled()]
        for one in (self, *others):
            verdict += one.verdict
            verdict.lost += history.lost(one.prefix.rstrip("/"), one.job.steps, one.marks)
            verdict.doubled += self.judged.days_doubled(one.job)
        return verdict

    def has_finished(self, step: str) -> bool:
        """Return whether a statement of that step has finished."""
        return any(
            f"/{step}/" in each["StatementName"] and each["Status"] == "FINISHED"
            for each in self.judged.statements(self.prefix)
        )


@contextmanager
def trial(place: Place, job: Job = DAILY) -> Iterator[Trial]:
    """Yield a trial on a fresh database, which is dropped afterwards."""
    name = f"chaos_{uuid.uuid4().hex[:12]}"
    dev = Warehouse(place.data_api, "dev")
    dev.run(f"create database {name}")
    one = Trial(place, name, job)
    one.warehouse.run(f"create table {PACE_TABLE} as select cast({USUAL_PACE} as float) as seconds")
    yield one
    dev.run(f"drop database {name}")


def in_the_end(one: Trial, undisturbed: Tables, good: bool) -> Verdict:
    """Return the verdict, after a retry where the first attempt did not end well: it must."""
    if not good:
        must_end_well(one, one.begin())
    return one.judge(undisturbed)


def must_end_well(one: Trial, attempt: Attempt) -> None:
    """Wait for the end of an attempt; one that fails has lost something."""
    if not one.ended(attempt):
        one.verdict.lost.append(f"it failed: {attempt.words()[-1500:]}")


def _was_done(code: int, state: State[Any], end_time: datetime | None, asked_at: float) -> bool:
    """Whether the work was done when the run was asked to end: by its exit code, and by its state the other way."""
    if code == 0:
        return state.is_cancelled() and state.message == NOTHING_LEFT
    return state.is_completed() and end_time is not None and end_time.timestamp() < asked_at
