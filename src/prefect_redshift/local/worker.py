"""Stopping a Prefect worker together with the processes of its flow runs."""

import signal

import psutil

from prefect_redshift.local.processes import Process, stop

RUN_STOP_SECONDS = 8.0


def stop_worker(worker: Process) -> None:
    """End the flow runs first: asked to stop, the worker alone would wait for them; each cancels its statement."""
    runs = _children(worker)
    for run in runs:
        _signal(run, signal.SIGTERM)
    psutil.wait_procs(runs, RUN_STOP_SECONDS)
    left = _children(worker)
    stop(worker)
    for process in [*runs, *left]:
        _signal(process, signal.SIGKILL)


def stop_runs_without_worker(home: str) -> None:
    """End the flow runs whose worker was killed: their processes go on, each in a session of its own.

    Args:
        home: The PREFECT_HOME of the workers that were started here.
    """
    ours = {process.pid for process in psutil.Process().children(recursive=True)}
    left = [
        process for process in psutil.process_iter() if process.pid not in ours and _is_run(process, home)
    ]
    for run in left:
        _signal(run, signal.SIGTERM)
    _, endless = psutil.wait_procs(left, RUN_STOP_SECONDS)
    for run in endless:
        _signal(run, signal.SIGKILL)


def _is_run(process: psutil.Process, home: str) -> bool:
    try:
        variables = process.environ()
    except (psutil.Error, OSError):
        return False  # another user's, or it has ended
    return variables.get("PREFECT_HOME") == home and "PREFECT__FLOW_RUN_ID" in variables


def _children(worker: Process) -> list[psutil.Process]:
    try:
        return psutil.Process(worker.pid).children(recursive=True) if worker.poll() is None else []
    except psutil.NoSuchProcess:
        return []  # it was killed meanwhile


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        # psutil compares the start time: never another process that has got the same id since.
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
