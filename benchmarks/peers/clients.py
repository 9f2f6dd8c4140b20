"""The clients by name, and running them beside each other on a stand-in."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from prefect.settings import PREFECT_API_URL

from benchmarks.peers.driver import Stages
from benchmarks.peers.environments import python_of
from local_aws import Admin, Served

_HERE = Path(__file__).parent
PROJECT = _HERE.parent.parent


@dataclass(frozen=True)
class Client:
    """One client and its settings.

    Attributes:
        name: As the report calls it.
        script: The driver's file in this folder.
        arguments: Its arguments.
        environment: Whose virtual environment it runs in; this project's own without one.
    """

    name: str
    script: str
    arguments: tuple[str, ...] = ()
    environment: str | None = None


@dataclass(frozen=True)
class Measured:
    """What running stages by one client took.

    Attributes:
        wall: Seconds from the first submission to the last end noticed.
        engine: Seconds of the engine's critical path: the longest statement of each stage, added up.
        stand_in: Seconds that the stand-in took beside the engine on that path, to begin a statement and to tell of
            its end.
        late: Of each statement, seconds from the engine's end to the client's knowing it.
        calls: API calls a statement.
        cpu: Seconds of the client's process.
        grown: MB that the client's process grew above its rest.
        servers: CPU seconds of the servers that the client has started.
    """

    wall: float
    engine: float
    stand_in: float
    late: tuple[float, ...]
    calls: tuple[int, ...]
    cpu: float
    grown: float
    servers: float = 0.0


OURS = Client("this project: block", "ours.py", ("block",))
OURS_SHARING = Client("this project: block, shared limits", "ours.py", ("sharing",))
TASKS = Client("this project: Prefect tasks", "ours.py", ("tasks",))
# For an endpoint that refuses no calls.
OURS_UNPACED = Client(OURS.name, "ours.py", ("block", "unpaced"))
TASKS_UNPACED = Client(TASKS.name, "ours.py", ("tasks", "unpaced"))
EMPTY = Client("Prefect tasks that do nothing", "ours.py", ("empty",))
AIRFLOW = Client("Airflow RedshiftDataOperator, 10 s (default)", "airflow_operator.py", ("10",), "airflow")
AIRFLOW_FAST = Client("Airflow RedshiftDataOperator, 1 s", "airflow_operator.py", ("1",), "airflow")
DEFERRED = Client(
    "Airflow deferrable, 10 s (default)", "airflow_operator.py", ("10", "deferrable"), "airflow"
)
DEFERRED_FAST = Client("Airflow deferrable, 1 s", "airflow_operator.py", ("1", "deferrable"), "airflow")
WRANGLER = Client("awswrangler data_api.redshift", "wrangler.py", (), "awswrangler")
LOOP = Client("boto3 loop, 1 s", "boto3_loop.py", ("1",))
SAMPLE_LOOP = Client("boto3 loop, 5 s (AWS sample)", "boto3_loop.py", ("5",))
PEERS = (AIRFLOW, AIRFLOW_FAST, DEFERRED, DEFERRED_FAST, WRANGLER, LOOP, SAMPLE_LOOP)


class Running:
    """A client's process, which gets warm and then waits for the word to begin."""

    def __init__(self, client: Client, stages: Stages, served: Served, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._stages = stages
        self._log = state / "client.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                _command(client, state),
                env=_variables(client, served, state),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._say(json.dumps(stages))

    def wait_until_ready(self) -> None:
        """Wait until it is warm."""
        self._expect("ready")

    def begin(self) -> None:
        """Give the word."""
        self._say("begin")

    def measured(self, admin: Admin) -> Measured:
        """Wait for the client's end, and read the stand-in's side of it."""
        found = self.told()
        assert not found["failed"], found["failed"]
        return _measured(self._stages, found, admin)

    def told(self) -> dict[str, Any]:
        """Wait for the client's end; return what it tells, as `driver.tell` writes it."""
        lines = self._read().readlines()
        assert self._process.wait() == 0, self._words()
        found: dict[str, Any] = json.loads(lines[-1])
        return found

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _read(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def _expect(self, word: str) -> None:
        for line in self._read():
            if line.strip() == word:
                return
        raise AssertionError(self._words())

    def _words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def side_by_side(
    stages: dict[Client, Stages], served: Served, folder: Path, seconds_apart: float = 0.0
) -> dict[Client, Measured]:
    """Run all clients at the same time, each on its own stages; they begin together, or so many seconds apart."""
    admin = Admin(served.url)
    running: dict[Client, Running] = {}
    for number, (client, asked) in enumerate(stages.items()):
        running[client] = Running(client, asked, served, folder / str(number))
        running[client].wait_until_ready()
    for process in running.values():
        process.begin()
        time.sleep(seconds_apart)
    return {client: process.measured(admin) for client, process in running.items()}


def tagged(client: Client, seconds: Sequence[float], label: str) -> list[str]:
    """Statements that sleep so long, each with a text of its own by which the engine's history knows it."""
    return [f"select pg_sleep({s:.3f}) /* {client.name} {label} {n} */" for n, s in enumerate(seconds)]


def _measured(stages: Stages, found: dict[str, Any], admin: Admin) -> Measured:
    sqls = {sql for stage in stages for sql in stage}
    runs = {run["sql"]: run for run in admin.executions() if run["sql"] in sqls}
    calls: dict[str, list[dict[str, Any]]] = {run["statement_id"]: [] for run in runs.values()}
    for call in admin.calls():
        if call["statement_id"] in calls:
            calls[call["statement_id"]].append(call)
    longest = [max((runs[sql] for sql in stage), key=_seconds) for stage in stages]
    return Measured(
        wall=found["wall"],
        engine=sum(map(_seconds, longest)),
        stand_in=sum(_beside(run, calls[run["statement_id"]]) for run in longest),
        late=tuple(found["noticed"][sql] - run["ended_at"] for sql, run in runs.items()),
        calls=tuple(len(calls[run["statement_id"]]) for run in runs.values()),
        cpu=found["cpu"],
        grown=found["grown"],
        servers=found.get("servers", 0.0),
    )


def _seconds(run: dict[str, Any]) -> float:
    return float(run["ended_at"] - run["started_at"])


def _beside(run: dict[str, Any], calls: list[dict[str, Any]]) -> float:
    """Seconds from a statement's submission to its start, and from its end to the answer that tells of it."""
    told = min(call["ended_at"] for call in calls if (call["ended_at"] or 0) >= run["ended_at"])
    # An answer that a later poll asked for is late by the poller's fault.
    asked = min(call["started_at"] for call in calls if call["ended_at"] == told)
    return float(run["started_at"] - calls[0]["started_at"] + told - max(asked, run["ended_at"]))


def _command(client: Client, state: Path) -> list[str]:
    python = python_of(client.environment) if client.environment else sys.executable
    extra = [str(state / "services")] if client in (TASKS, TASKS_UNPACED, EMPTY) else []
    return [python, str(_HERE / client.script), *client.arguments, *extra]


def _variables(client: Client, served: Served, state: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PREFECT_"))}
    return {
        **kept,
        **served.environment,
        **({"PREFECT_API_URL": str(PREFECT_API_URL.value())} if client is OURS_SHARING else {}),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AIRFLOW_HOME": str(state / "airflow"),
        "PREFECT_HOME": str(state / "prefect"),
        "PYTHONPATH": str(PROJECT),
    }
