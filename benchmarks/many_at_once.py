"""Many statements at once in one process: how late their ends are noticed, with how many calls, in how much memory.

    python -m benchmarks.many_at_once [STATEMENTS] [--tasks]

Statements of 5 to 10 seconds, all in flight together; with --tasks the same then once more, each as a Prefect task of
one flow, and what a task costs on top of the block alone. Compare CPU times: those of a busy machine vary less.
"""

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from prefect import flow

from blocks import RedshiftDataApi, Statement
from flows.command_line import prepare_process
from flows.local import local_services
from flows.task_runner import EventLoopTaskRunner, finished
from flows.tasks import run_statements, step
from local_aws import Admin, running

SHORTEST_SECONDS, LONGEST_SECONDS = 5.0, 10.0
Run: TypeAlias = Callable[[RedshiftDataApi, int], Awaitable[None]]


def sql(number: int, count: int) -> str:
    """A statement that takes its share of the range of times."""
    seconds = SHORTEST_SECONDS + (LONGEST_SECONDS - SHORTEST_SECONDS) * number / count
    return f"select pg_sleep({seconds:.3f})"


async def by_block(warehouse: RedshiftDataApi, count: int) -> None:
    """Runs the statements by the block alone."""
    await asyncio.gather(
        *(warehouse.run(sql(number, count), name=f"{number} of {count}") for number in range(count))
    )


@flow(task_runner=EventLoopTaskRunner())
async def by_tasks(warehouse: RedshiftDataApi, count: int) -> None:
    """Runs each statement as a task."""
    numbers = range(count)
    await finished(*[step(f"many_{n}", run_statements).submit(warehouse, sql(n, count)) for n in numbers])


@contextmanager
def noting_ends() -> Iterator[dict[str, float]]:
    """When the end of each statement is noticed, by its id: the moment at which the block's `run` returns."""
    noticed: dict[str, float] = {}
    run = RedshiftDataApi.run

    async def noting(self: RedshiftDataApi, *args: Any, **kwargs: Any) -> Statement:
        statement = await run(self, *args, **kwargs)
        noticed[statement.id] = time.time()
        return statement

    RedshiftDataApi.run = noting  # type: ignore[method-assign, assignment]
    try:
        yield noticed
    finally:
        RedshiftDataApi.run = run  # type: ignore[method-assign]


def megabytes() -> float:
    """The process's memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def report(
    admin: Admin, way: str, noticed: dict[str, float], wall: float, cpu: float, at_rest: float
) -> None:
    """Prints the figures of one way to run them."""
    ended = {
        run["statement_id"]: run["ended_at"] for run in admin.executions() if run["statement_id"] in noticed
    }
    late = sorted(1000 * (noticed[statement] - ended[statement]) for statement in noticed)
    calls = [call["operation"] for call in admin.calls()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    centiles = statistics.quantiles(late, n=100) if len(late) > 1 else late * 99
    print(f"{len(noticed)} statements {way}: wall {wall:.2f} s, CPU {cpu:.2f} s")
    print(f"memory {peak - at_rest:.0f} MB above rest")
    print(f"noticed late: p50 {centiles[49]:.1f} ms, p99 {centiles[98]:.1f} ms, worst {late[-1]:.1f} ms")
    print(f"calls a statement: {len(calls) / len(noticed):.2f}")


def main() -> None:
    """Runs the stand-in wide enough that no statement queues, and measures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("statements", nargs="?", type=int, default=500)
    options.add_argument("--tasks", action="store_true")
    chosen = options.parse_args()
    prepare_process()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # under root, PostgreSQL is another user
        with running(Path(folder) / "aws", max_executing=min(chosen.statements + 5, 500)) as served:
            os.environ.update(served.environment)
            with local_services(Path(folder) / "state", stand_in=False):
                asyncio.run(measure(Admin(served.url), chosen.statements, chosen.tasks))


async def measure(admin: Admin, count: int, tasks: bool) -> None:
    """Runs the statements in one way or in both, each warmed up by one statement."""
    warehouse = RedshiftDataApi(workgroup_name="local-workgroup", max_concurrent_waits=max(count, 1))
    block = await cpu_of(admin, warehouse, count, "by the block", by_block)
    if tasks:
        with_tasks = await cpu_of(admin, warehouse, count, "as tasks", by_tasks)
        print(f"a task on top of the block alone: {1000 * (with_tasks - block) / count:.1f} ms of CPU")


async def cpu_of(admin: Admin, warehouse: RedshiftDataApi, count: int, way: str, run: Run) -> float:
    """Reports the figures, and returns the CPU seconds of this process."""
    await run(warehouse, 1)
    admin.clear_history()
    at_rest, started, cpu = megabytes(), time.perf_counter(), time.process_time()
    with noting_ends() as noticed:
        await run(warehouse, count)
    cpu = time.process_time() - cpu
    report(admin, way, noticed, time.perf_counter() - started, cpu, at_rest)
    return cpu


if __name__ == "__main__":
    main()
