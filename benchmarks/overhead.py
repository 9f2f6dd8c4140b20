"""The flow's own overhead: wall time of its body less the engine's critical path.

    python -m benchmarks.overhead [RUNS]

The Prefect server and the stand-in are up before the clock starts, as they are in production.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from flows.command_line import prepare_process
from flows.local import local_services
from flows.report import RunReport
from flows.sales_data_pipeline import sales_data_pipeline


def critical_path(report: RunReport) -> float:
    """Seconds of engine time that no other step hides: the slower dimension counts, the other does not."""
    seconds = {step.name: step.statement.seconds for step in report.steps}
    dimensions = [seconds.pop("LoadItemTable"), seconds.pop("LoadCustomerAddressTable")]
    return sum(seconds.values()) + max(dimensions)


async def measure(runs: int) -> list[tuple[float, float, float]]:
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


def main() -> None:
    """Prints the first run, which makes the client, and the median of the others."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    prepare_process()
    with tempfile.TemporaryDirectory() as state:
        Path(state).chmod(0o711)  # under root, PostgreSQL is another user
        with local_services(Path(state), stand_in=True):
            results = asyncio.run(measure(runs))
    for number, (wall, path, cpu) in enumerate(results, start=1):
        overhead = wall - path
        print(f"run {number}: body {wall:.3f} s, critical path {path:.3f} s, {overhead=:.3f} s, {cpu=:.3f} s")
    later = results[1:] or results
    overhead = statistics.median(wall - path for wall, path, _ in later)
    cpu = statistics.median(cpu for _, _, cpu in later)
    print(f"median of runs 2 to {runs}: overhead {overhead:.3f} s, CPU {cpu:.3f} s")


if __name__ == "__main__":
    main()
