"""The flow's own overhead: wall time of its body less the engine's critical path.

    python -m benchmarks overhead

The Prefect server and the stand-in are up before the clock starts, as they are in production. Beside the pipeline are a
flow of as many tasks that do nothing, and the pipeline's statements by plain calls of boto3, in its order: what these
take beyond the critical path is the calls' own, and part of the flow's overhead. The pipeline runs once more where each
call takes 20 ms longer, and there its calls are counted that come one after the other.
"""

import asyncio
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, NamedTuple

from prefect import flow, task
from prefect_aws import AwsCredentials

from benchmarks.place import temporary_folder
from benchmarks.report import Bar, Section, Table
from benchmarks.stand_in import finish
from flows.sales import SALES
from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin
from prefect_redshift.aws.aws_client import CALL_THREADS
from prefect_redshift.blocks.credentials import client_of
from prefect_redshift.cli.flow_process import prepare_process
from prefect_redshift.local.services import local_services
from prefect_redshift.pipeline.job_scripts import JobScripts
from prefect_redshift.reports.run_report import RunReport
from prefect_redshift.runner.gathering import gather_or_cancel
from prefect_redshift.runner.task_runner import EventLoopTaskRunner

RUNS = 5
LATENCY = 0.02
# They were eleven before a submission waited for its statement's end; six fewer are wanted.
CALLS_IN_SEQUENCE = 5


class Run(NamedTuple):
    """Wall time, critical path and this process's CPU time of a run's body, in seconds, and its calls in sequence."""

    wall: float
    path: float
    cpu: float
    calls: int

    @property
    def overhead(self) -> float:
        """Seconds that its engine did not need."""
        return self.wall - self.path


def measure(repeats: int) -> Section:
    """Run the pipeline five times for each repeat, and once before; then as often where calls take longer."""
    prepare_process()
    with temporary_folder() as state, local_services(state, stand_in=True):
        results = asyncio.run(timed_runs(1 + RUNS * repeats))
        admin = Admin(os.environ["AWS_ENDPOINT_URL"])
        admin.add_fault("latency", seconds=LATENCY)
        delayed = asyncio.run(timed_runs(1 + RUNS * repeats))[1:]
        admin.clear_faults()
        calls = statistics.median(timed_calls(1 + RUNS * repeats)[1:])
        empty = statistics.median(asyncio.run(timed_nothing(1 + RUNS * repeats))[1:])
    first, *later = results
    overhead = statistics.median(run.overhead for run in later)
    in_sequence = statistics.median(run.calls for run in delayed)
    rows = [
        [*line("first", [first]), "-"],
        [*line(f"median of {len(later)} more", later), "-"],
        [*line(f"the same, each call {1000 * LATENCY:g} ms longer", delayed), in_sequence],
        ["a flow of as many tasks that do nothing", empty, 0.0, empty, "-", "-"],
        ["the same statements by plain calls of boto3 and a new client", "-", "-", calls, "-", "-"],
    ]
    return Section(
        key="overhead",
        title="The flow itself",
        text="Wall time of the flow's body, the engine's critical path, their difference, and the process's CPU time;"
        " calls that come one after the other can be told where each takes some time.",
        tables=[
            Table(["run", "body, s", "critical path, s", "overhead, s", "CPU, s", "calls in sequence"], rows)
        ],
        bars=[
            Bar("the flow's overhead, median", overhead, 0.25, "s"),
            Bar(
                "the same over a flow of tasks that do nothing",
                overhead / empty,
                1.3,
                "x",
                why=f"plain calls of boto3, their client included, take {calls:.2g} s for the statements alone, and"
                f" tasks that do nothing {empty:.2g} s. The other"
                f" {overhead - calls - empty:.2g} s are log lines, events, the report, and reading the scripts.",
            ),
            Bar(
                "calls in sequence, of eleven once",
                in_sequence,
                CALLS_IN_SEQUENCE,
                "",
                why="five statements come after each other, each one call until the next may start, and the rows of"
                " the checks can be asked for only by the Id of their statement.",
            ),
        ],
        data={"overheads": [run.overhead for run in later]},
    )


def line(name: str, runs: Sequence[Run]) -> list[Any]:
    """Return the medians of some runs' times."""
    wall, path, cpu, _ = (statistics.median(values) for values in zip(*runs, strict=True))
    return [name, wall, path, statistics.median(run.overhead for run in runs), cpu]


def calls_in_sequence(calls: Sequence[Mapping[str, Any]]) -> int:
    """Count the most calls of which each began when the one before had ended."""
    count, free_at = 0, 0.0
    for call in sorted(calls, key=lambda call: float(call["ended_at"])):
        if call["started_at"] >= free_at:
            count, free_at = count + 1, call["ended_at"]
    return count


def critical_path(ids: Mapping[str, str], executions: Sequence[Mapping[str, Any]]) -> float:
    """Seconds of engine time that no other step hides: the slower dimension counts, the other does not.

    Args:
        ids: The steps' statements.
        executions: What the engine ran.
    """
    engine: dict[str, float] = defaultdict(float)
    for run in executions:
        # A batch's parts are called `id:number`.
        engine[run["statement_id"].partition(":")[0]] += run["ended_at"] - run["started_at"]
    seconds = {name: engine[statement_id] for name, statement_id in ids.items()}
    dimensions = [seconds.pop(load.name) for load in SALES.dimensions]
    return sum(seconds.values()) + max(dimensions)


async def do_nothing() -> None:
    """Do nothing."""


nothing: Any = task(do_nothing)


@flow(task_runner=EventLoopTaskRunner())
async def flow_of_nothing(walls: list[float]) -> None:
    """Run tasks that do nothing, in the pipeline's shape, and add how long the body took."""
    started = time.perf_counter()
    read = [nothing.submit() for _ in range(4)]
    deploy = nothing.submit(wait_for=read)
    set_up = nothing.submit(wait_for=[deploy])
    dimensions = [nothing.submit(wait_for=[set_up]) for _ in range(2)]
    facts = nothing.submit(wait_for=dimensions)
    validation = nothing.submit(wait_for=[facts])
    await gather_or_cancel(*read, deploy, set_up, *dimensions, facts, validation)
    walls.append(time.perf_counter() - started)


async def timed_nothing(runs: int) -> list[float]:
    """Wall time of each run's body, in seconds."""
    walls: list[float] = []
    for _ in range(runs):
        # A list that is a parameter would be copied.
        await flow_of_nothing.with_options(validate_parameters=False)(walls)
    return walls


async def timed_runs(runs: int) -> list[Run]:
    """Run the pipeline so many times."""
    times: list[tuple[float, float]] = []
    began: list[float] = []
    body = sales_data_pipeline.fn

    async def timed(*args: object, **kwargs: object) -> RunReport:
        began.append(time.time())
        started, cpu = time.perf_counter(), time.process_time()
        try:
            return await body(*args, **kwargs)  # type: ignore[arg-type]
        finally:
            times.append((time.perf_counter() - started, time.process_time() - cpu))

    sales_data_pipeline.fn = timed
    try:
        reports = [await sales_data_pipeline(run_date=date(2026, 11, 1 + n % 28)) for n in range(runs)]
    finally:
        sales_data_pipeline.fn = body
    admin = Admin(os.environ["AWS_ENDPOINT_URL"])
    executions, calls = admin.executions(), admin.calls()
    return [
        Run(
            wall,
            critical_path({step.name: step.statement.id for step in report.steps}, executions),
            cpu,
            calls_in_sequence([call for call in calls if start <= call["started_at"] < start + wall]),
        )
        for start, (wall, cpu), report in zip(began, times, reports, strict=True)
    ]


def timed_calls(runs: int) -> list[float]:
    """Seconds that the pipeline's statements take beyond the critical path, by plain calls of boto3, in each run."""
    scripts = JobScripts(SALES)
    for script in SALES.read_scripts:
        scripts.keep(script, (SALES.folder / SALES.scripts / script.file).read_text(), script.file)
    with ThreadPoolExecutor(len(SALES.dimensions)) as pool:
        taken = [run_by_calls(scripts, date(2026, 12, 1 + n % 28), pool) for n in range(runs)]
    executions = Admin(os.environ["AWS_ENDPOINT_URL"]).executions()
    return [wall - critical_path(ids, executions) for wall, ids in taken]


def run_by_calls(scripts: JobScripts, day: date, pool: ThreadPoolExecutor) -> tuple[float, Mapping[str, str]]:
    """Run the pipeline's statements in its order by a client of their own, as each run of the flow has one.

    Returns:
        The seconds, that for the client included, and the id of each step's statement.
    """
    ids: dict[str, str] = {}

    def run(name: str, sql: Sequence[str], parameters: Mapping[str, str]) -> None:
        ids[name] = finish(client, sql, parameters)["Id"]

    started = time.perf_counter()
    client = client_of("redshift-data", AwsCredentials(), CALL_THREADS)
    run(SALES.deploy, scripts.procedures(), {})
    run("setup", *scripts.setup("if_missing", [day]))
    list(pool.map(lambda load: run(load.name, *scripts.load(load, day)), SALES.dimensions))
    for load in SALES.facts:
        run(load.name, *scripts.load(load, day))
    (checks,) = scripts.suite.statements()
    run(SALES.validate, [checks], {"run_date": day.isoformat()})
    client.get_statement_result(Id=ids[SALES.validate])
    return time.perf_counter() - started, ids
