"""One flow run on a database of its own, tried until it succeeds, and the verdict on what it left."""

import asyncio
import os
import re
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from prefect import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import AwaitingRetry

from tests.chaos.attempts import FLOWS, Attempt, Surroundings, bury, command_line, execute
from tests.chaos.place import Place
from tests.flows.test_sales_data_pipeline import STEPS
from tests.job_warehouse import Warehouse
from tests.loaded_days import range_loads
from tests.project import PROJECT_FOLDER

SETTLE_SECONDS = 10.0
FINAL_STATES = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
ENGINE_IS_BUSY = """
select query from pg_stat_activity where state <> 'idle' and datname = current_database() and pid <> pg_backend_pid()
"""
T = TypeVar("T")
Tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Job:
    """What is run.

    Attributes:
        steps: Those that have to finish under the run's own name.
        days: How many days it loads, each once; None for the daily flow, whose statements are told apart by name.
    """

    flow: str
    parameters: dict[str, str]
    options: Sequence[str]
    steps: Sequence[str]
    days: int | None = None


DAILY = Job("sales-data-pipeline", {"run_date": "2026-11-22"}, ("--run-date", "2026-11-22"), STEPS)
BACKFILL = Job(
    "sales-backfill",
    {"from_date": "2026-10-01", "to_date": "2026-10-12", "days_at_once": "2"},
    ("--from", "2026-10-01", "--to", "2026-10-12", "--days-at-once", "2"),
    STEPS[:2],
    days=12,
)


@dataclass
class Verdict:
    """What was wrong after a trial; nothing, if all lists are empty.

    Attributes:
        lost: What should be in the warehouse and is not, or is otherwise than after an undisturbed run.
        doubled: Steps that were executed after they had finished.
        orphaned: What runs on.
        untrue: Where the run's state in Prefect says other than what happened.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not any(vars(self).values())


class Trial:
    """One flow run, and what becomes of it."""

    def __init__(self, place: Place, database: str, job: Job) -> None:
        self.place = place
        self.job = job
        self.warehouse = Warehouse(place.data_api, database)
        self.flow_run_id: UUID | None = None
        self.verdict = Verdict()
        self.surroundings = Surroundings(
            variables={
                **place.variables,
                "REDSHIFT_WORKGROUP_NAME": "local-workgroup",
                "REDSHIFT_DATABASE": database,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            },
            api_url=place.api_url,
            log=place.folder / f"{database}.log",
            clock=place.clock,
        )

    def begin(self) -> Attempt:
        """Starts a new flow run, or retries the one there is, as a worker does."""
        self.flow_run_id = self._api(self._new_or_retried())
        return Attempt(execute, self.surroundings, self.job.flow, self.flow_run_id)

    async def _new_or_retried(self) -> UUID:
        async with get_client() as client:
            if self.flow_run_id:
                await client.set_flow_run_state(self.flow_run_id, AwaitingRetry(), force=True)
                return self.flow_run_id
            parameters = {**self.job.parameters, "scripts": str(self.place.scripts)}
            return (await client.create_flow_run(FLOWS[self.job.flow][0], parameters=parameters)).id

    def begin_by_command_line(self) -> Attempt:
        """Starts a flow run of its own, as a person does."""
        self.flow_run_id = None
        options = (*self.job.options, "--scripts", str(self.place.scripts))
        return Attempt(command_line, self.surroundings, self.job.flow, *options)

    def worker_notices(self) -> None:
        """Has done what a worker does when the process of a flow run is dead; then nothing may run on."""
        assert Attempt(bury, self.surroundings, self.job.flow, self.flow_run_id).end() == 0
        self.verdict.orphaned += [str(statement) for statement in self._running()]

    def state(self) -> str:
        """The type of the run's state in Prefect."""

        async def read() -> str:
            assert self.flow_run_id
            async with get_client() as client:
                flow_run = await client.read_flow_run(self.flow_run_id)
            return flow_run.state.type.value if flow_run.state else "NONE"

        return self._api(read())

    def _api(self, work: Coroutine[Any, Any, T]) -> T:
        with temporary_settings({PREFECT_API_URL: self.place.api_url}):
            return asyncio.run(work)

    def ended(self, attempt: Attempt, *, has_worker: bool = False) -> bool:
        """Waits for the attempt's end; whether it ended well, which Prefect must say, too.

        Args:
            attempt: The process.
            has_worker: Whether a worker tells Prefect of a process that failed and could not tell it itself.
        """
        code = attempt.end()
        self.flow_run_id = self.flow_run_id or UUID(self._statements()[-1]["StatementName"].split("/")[1])
        if has_worker and code and self.state() not in FINAL_STATES:
            self.worker_notices()
        state = self.state()
        if (code == 0) != (state == "COMPLETED") or state not in FINAL_STATES:
            self.verdict.untrue.append(f"exit code {code}, state {state}")
        return code == 0

    def last_words(self) -> str:
        """The end of what the attempts have said."""
        return self.surroundings.log.read_text()[-1500:]

    def judge(self, undisturbed: Tables, settle_seconds: float = SETTLE_SECONDS) -> Verdict:
        """Compares with an undisturbed run what the trial left, once it has ended well."""
        verdict, statements = self.verdict, self._settled(settle_seconds)
        try:
            tables = self.warehouse.tables()
        except AssertionError as error:
            verdict.lost.append(str(error))
            return verdict
        verdict.lost += [f"{name} differs" for name in undisturbed if tables[name] != undisturbed[name]]
        steps = _by_step(statements)
        for step, attempts in steps.items():
            statuses = [status for _, status in sorted(attempts)]
            if "FINISHED" in statuses[:-1] and self.job.days is None:
                verdict.doubled.append(f"{step}: {statuses}")
        done = {step.split("/")[2] for step, attempts in steps.items() if self._finished_here(step, attempts)}
        verdict.lost += [f"{step} did not finish" for step in self.job.steps if step not in done]
        verdict.doubled += self._executed_twice()
        return verdict

    def _finished_here(self, step: str, attempts: list[tuple[int, str]]) -> bool:
        return step.split("/")[1] == str(self.flow_run_id) and "FINISHED" in dict(attempts).values()

    def _statements(self) -> list[dict[str, Any]]:
        return self.warehouse.statements(f"{self.job.flow}/")

    def _running(self) -> list[dict[str, Any]]:
        ended = {"FINISHED", "FAILED", "ABORTED"}
        return [statement for statement in self._statements() if statement["Status"] not in ended]

    def _executed_twice(self) -> list[str]:
        """Parts of statements that the engine has run more than once, by the stand-in's own account."""
        runs = self.place.admin.executions(database=self.warehouse.database)
        if self.job.days is not None:
            finished = [days for days, status in range_loads(self.warehouse) if status == "FINISHED"]
            if self.job.days != (days := sum(map(len, finished))):
                return [f"{self.job.days} days were loaded {days} times"]
        return [part for part, times in Counter(run["statement_id"] for run in runs).items() if times > 1]

    def _settled(self, seconds: float) -> list[dict[str, Any]]:
        """The statements, once none runs on, or once they have had long enough."""
        deadline = time.monotonic() + seconds
        while (
            left := self._running() or self.warehouse.rows(ENGINE_IS_BUSY)
        ) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.verdict.orphaned += [str(statement) for statement in left]
        return self._statements()


def _by_step(statements: list[dict[str, Any]]) -> dict[str, list[tuple[int, str]]]:
    """Each step's attempts and their statuses; the validation, which changes nothing, is a new step in each retry."""
    steps = defaultdict(list)
    for statement in statements:
        step, number, _digest = statement["StatementName"].rsplit("/", 2)
        steps[step].append((int(number), statement["Status"]))
    return steps


@contextmanager
def trial(place: Place, job: Job = DAILY) -> Iterator[Trial]:
    """A trial on a fresh database, which is dropped afterwards."""
    name = f"chaos_{uuid.uuid4().hex[:12]}"
    dev = Warehouse(place.data_api, "dev")
    dev.run(f"create database {name}")
    yield Trial(place, name, job)
    dev.run(f"drop database {name}")


def copy_scripts(folder: Path, load_seconds: float) -> None:
    """The project's scripts, in which each load takes a little longer, so that more instants are within one."""
    folder.mkdir()
    for script in (PROJECT_FOLDER / "sql").iterdir():
        text = re.sub(
            r"(\n    lock table \w+;)", rf"\n    perform pg_sleep({load_seconds});\1", script.read_text()
        )
        (folder / script.name).write_text(text)


def undisturbed(place: Place, job: Job = DAILY) -> tuple[Tables, float]:
    """The tables after an undisturbed run, and how long it takes."""
    with trial(place, job) as one:
        attempt = one.begin()
        assert one.ended(attempt), attempt.log.read_text()
        seconds = time.monotonic() - attempt.started
        return one.warehouse.tables(), seconds
