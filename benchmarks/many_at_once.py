"""Many statements at once in one process: how late their ends are noticed, with how many calls, in how much memory.

    python -m benchmarks.many_at_once [STATEMENTS] [--tasks]

Statements of 5 to 10 seconds, all in flight together; with --tasks each is a Prefect task of one flow.
"""

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path

from prefect import flow

from blocks import RedshiftDataApi, Statement
from flows.command_line import prepare_process
from flows.local import local_services
from flows.task_runner import EventLoopTaskRunner, finished
from flows.tasks import run_statements, step
from local_aws import Admin, running

SHORTEST_SECONDS, LONGEST_SECONDS = 5.0, 10.0


def sql(number: int, count: int) -> str:
    """A statement that takes its share of the range of times."""
    seconds = SHORTEST_SECONDS + (LONGEST_SECONDS - SHORTEST_SECONDS) * number / count
    return f"select pg_sleep({seconds:.3f})"


async def by_block(warehouse: RedshiftDataApi, count: int) -> dict[str, float]:
    """When each statement's end was noticed, by id."""
    noticed: dict[str, float] = {}

    async def one(number: int) -> None:
        statement = await warehouse.run(sql(number, count), name=f"many/{number}")
        noticed[statement.id] = time.time()

    await asyncio.gather(*(one(number) for number in range(count)))
    return noticed


@flow(task_runner=EventLoopTaskRunner())
async def many_tasks(warehouse: RedshiftDataApi, count: int) -> dict[str, float]:
    """As `by_block`, each statement as a task."""
    noticed: dict[str, float] = {}
    run, futures = type(warehouse).run, []

    async def noting(self: RedshiftDataApi, *args: object, **kwargs: object) -> Statement:
        statement: Statement = await run(self, *args, **kwargs)  # type: ignore[arg-type]
        noticed[statement.id] = time.time()
        return statement

    type(warehouse).run = noting  # type: ignore[method-assign, assignment]
    for number in range(count):
        futures.append(step(f"many_{number}", run_statements).submit(warehouse, sql(number, count)))
    await finished(*futures)
    return noticed


def megabytes() -> float:
    """The process's memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def report(admin: Admin, noticed: dict[str, float], wall: float, cpu: float, at_rest: float) -> None:
    """Prints the figures."""
    ended = {
        run["statement_id"]: run["ended_at"] for run in admin.executions() if run["statement_id"] in noticed
    }
    late = sorted(1000 * (noticed[statement] - ended[statement]) for statement in noticed)
    calls = [call["operation"] for call in admin.calls()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    centiles = statistics.quantiles(late, n=100) if len(late) > 1 else late * 99
    print(
        f"{len(noticed)} statements: wall {wall:.2f} s, CPU {cpu:.2f} s, memory {peak - at_rest:.0f} MB above rest"
    )
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
    """Warms up with one statement, then runs them all."""
    warehouse = RedshiftDataApi(workgroup_name="local-workgroup", max_concurrent_waits=max(count, 1))
    await warehouse.run("select 1")
    admin.clear_history()
    at_rest, started, cpu = megabytes(), time.perf_counter(), time.process_time()
    noticed = await (many_tasks(warehouse, count) if tasks else by_block(warehouse, count))
    report(admin, noticed, time.perf_counter() - started, time.process_time() - cpu, at_rest)


if __name__ == "__main__":
    main()
