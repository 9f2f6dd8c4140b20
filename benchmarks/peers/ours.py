"""This project's block, and its tasks in a flow: `python ours.py block`, `python ours.py tasks STATE_FOLDER`.

`python ours.py empty STATE_FOLDER` has as many tasks that do nothing; `python ours.py sharing` is the block that shares
the service's rates by a limit of a Prefect server. With `unpaced` behind it, the client does not keep to these rates.
"""

import asyncio
import sys
import time
from pathlib import Path

import psutil
from prefect import flow, runtime
from prefect.futures import PrefectFuture

from benchmarks.peers import SHARED_LIMIT
from benchmarks.peers.driver import WARM_UP, Stages, drive_async, ready, stages_asked_for, tell
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.cli.flow_process import prepare_process
from prefect_redshift.data_api.api import redshift_data_client
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.local.services import local_services
from prefect_redshift.runner.gathering import gather_or_cancel
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.tasks.names import prefix_of_this_run
from prefect_redshift.tasks.task_forms import RedshiftTask

WAREHOUSE = RedshiftDataApi(
    workgroup_name="local-workgroup",
    max_concurrent_waits=500,
    shared_limit=SHARED_LIMIT if sys.argv[1] == "sharing" else None,
)
if "unpaced" in sys.argv:
    WAREHOUSE._client = redshift_data_client(max_waits=500, rates={})
NOTICED: dict[str, float] = {}


async def run(sql: str) -> Statement:
    """Run one statement by the block."""
    return await WAREHOUSE.run(sql)


@RedshiftTask.of
async def run_noting(warehouse: RedshiftDataApi, sql: str) -> None:
    """Run one statement as the pipeline's tasks do, and note when its end is known."""
    await warehouse.run(sql, name=f"{prefix_of_this_run()}{runtime.task_run.name}", listed=())
    NOTICED[sql] = time.time()


@RedshiftTask.of
async def do_nothing(warehouse: RedshiftDataApi, sql: str) -> None:  # noqa: ARG001
    """Do nothing, as a task with the same arguments and options."""
    NOTICED[sql] = time.time()


STEP = do_nothing if sys.argv[1] == "empty" else run_noting


@flow(task_runner=EventLoopTaskRunner(), log_prints=False)
async def tasks(stages: Stages) -> None:
    """Run each statement as a task, those of a stage after those of the one before."""
    before: list[PrefectFuture[None]] = []
    every: list[PrefectFuture[None]] = []
    for stage in stages:
        names = [f"step_{len(every) + number}" for number in range(len(stage))]
        steps = [STEP.with_options(name=name, task_run_name=name) for name in names]
        before = [
            task.submit(WAREHOUSE, sql, wait_for=before)  # type: ignore[call-overload]
            for task, sql in zip(steps, stage, strict=True)
        ]
        every += before
    await gather_or_cancel(*every)


async def by_tasks(stages: Stages) -> None:
    """Measures the flow's body between its start and its end, with the client made before."""
    await tasks([[WARM_UP]])
    NOTICED.clear()
    before, cpu_before = ready(), cpu_of_servers()
    await tasks(stages)
    tell(before, NOTICED, servers=cpu_of_servers() - cpu_before)


def cpu_of_servers() -> float:
    """CPU seconds of the processes that this one has started."""
    used = [process.cpu_times() for process in psutil.Process().children(recursive=True)]
    return float(sum(times.user + times.system for times in used))


def main() -> None:
    """By the block alone, or as tasks of a flow with a Prefect server beside it."""
    prepare_process()
    if sys.argv[1] in ("block", "sharing"):
        drive_async(run)
        return
    stages = stages_asked_for()
    with local_services(Path(sys.argv[-1]), stand_in=False):
        asyncio.run(by_tasks(stages))


if __name__ == "__main__":
    main()
