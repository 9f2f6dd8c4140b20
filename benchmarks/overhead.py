"""The flow's own overhead: wall time of its body less the engine's critical path.

    python -m benchmarks overhead

The Prefect server and the stand-in are up before the clock starts, as they are in production.
"""

import asyncio
import statistics
import time
from datetime import date

from benchmarks.place import temporary_folder
from benchmarks.report import Bar, Section, Table
from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.cli.flow_process import prepare_process
from prefect_redshift.local.services import local_services
from prefect_redshift.reports.run_report import RunReport

RUNS = 5


def measure(repeats: int) -> Section:
    """Run the pipeline five times for each repeat, and once before, which makes the client."""
    prepare_process()
    with temporary_folder() as state, local_services(state, stand_in=True):
        results = asyncio.run(timed_runs(1 + RUNS * repeats))
    first, *later = results
    overheads = [wall - path for wall, path, _ in later]
    wall, path, cpu = (statistics.median(values) for values in zip(*later, strict=True))
    rows = [
        ["first", first[0], first[1], first[0] - first[1], first[2]],
        [f"median of {len(later)} more", wall, path, statistics.median(overheads), cpu],
    ]
    return Section(
        key="overhead",
        title="The flow itself",
        text="Wall time of the flow's body, the engine's critical path, their difference, and the process's CPU time.",
        tables=[Table(["run", "body, s", "critical path, s", "overhead, s", "CPU, s"], rows)],
        bars=[Bar("the flow's overhead, median", statistics.median(overheads), 0.25, "s")],
        data={"overheads": overheads},
    )


def critical_path(report: RunReport) -> float:
    """Seconds of engine time that no other step hides: the slower dimension counts, the other does not."""
    seconds = {step.name: step.statement.seconds for step in report.steps}
    dimensions = [seconds.pop("LoadItemTable"), seconds.pop("LoadCustomerAddressTable")]
    return sum(seconds.values()) + max(dimensions)


async def timed_runs(runs: int) -> list[tuple[float, float, float]]:
    """Wall time, critical path and this process's CPU time of each run's body, in seconds."""
    times: list[tuple[float, float]] = []
    body = sales_data_pipeline.fn

    async def timed(*args: object, **kwargs: object) -> RunReport:
        started, cpu = time.perf_counter(), time.process_time()
        try:
            return await body(*args, **kwargs)  # type: ignore[arg-type]
        finally:
            times.append((time.perf_counter() - started, time.process_time() - cpu))

    sales_data_pipeline.fn = timed
    reports = [await sales_data_pipeline(run_date=date(2026, 11, 1 + n % 28)) for n in range(runs)]
    return [(wall, critical_path(report), cpu) for (wall, cpu), report in zip(times, reports, strict=True)]
