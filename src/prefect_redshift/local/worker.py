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
