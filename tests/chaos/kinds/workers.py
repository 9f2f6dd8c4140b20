"""A real Prefect worker executes a deployment's run, and it, the run's process, or both are killed."""

import time
from contextlib import suppress
from random import Random

import psutil

from prefect_redshift.local.flow_runs import bury_dead_runs
from tests.chaos.ground import Ground
from tests.chaos.trial import FINAL_STATES, trial
from tests.chaos.verdict import Verdict
from tests.chaos.workers import Worker, WorkersTrial, own_worker

# What Prefect's worker does takes longer than what is ours: of a process that was killed it learns at once, but for the
# hook, which cancels the statements, it starts a process that imports the flow.
HOOK_SECONDS = 60.0


def worker_killed(ground: Ground, dice: Random) -> Verdict:
    """Kill or cancel a worker's run, or kill the worker itself, with or without the run; then retry it."""
    with trial(ground.place) as one, own_worker(ground.place) as worker:
        one.set_pace(dice.choice((0.3, 3.0)))
        run = WorkersTrial(one)
        run.begin()
        way = dice.choice(("run", "worker", "both", "cancel"))
        # In one of five cases before the flow has begun.
        if dice.random() < 0.2:
            run.reaches("PENDING", "RUNNING")
        else:
            run.reaches("RUNNING", "COMPLETED")
            time.sleep(dice.uniform(0, ground.seconds()))
        _disturb(run, worker, way)
        one.set_pace(0.15)
        if run.ends() != "COMPLETED":
            run.begin()
            if (state := run.ends()) != "COMPLETED":
                one.verdict.lost.append(f"the retry is {state}")
        return one.judge(ground.tables())


def _disturb(run: WorkersTrial, worker: Worker, way: str) -> None:
    processes = worker.processes_of_runs()
    since = time.monotonic()
    if way == "cancel":
        run.cancel()
        run.stops("a cancellation by a worker", since, HOOK_SECONDS)
        run.ends()
        worker.is_done_with_its_runs(HOOK_SECONDS)
        return
    if way in ("worker", "both"):
        worker.kill()
    if way in ("run", "both"):
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
    if way == "run":
        run.ends()
        run.stops("kill -9 of a worker's run", since, HOOK_SECONDS)
        worker.is_done_with_its_runs(HOOK_SECONDS)
        return
    worker.start()
    # A process whose worker was killed goes on by itself.
    psutil.wait_procs(processes, HOOK_SECONDS)
    if run.state() not in FINAL_STATES:
        # As `make up` does when it comes up again.
        run.one.api(bury_dead_runs(run.one.place.api_url))
