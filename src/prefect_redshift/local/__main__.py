"""Everything that a deployment needs, on one machine: `python -m prefect_redshift.local`, or `make up`."""

import argparse
import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import psutil
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.settings import PREFECT_API_KEY, PREFECT_API_URL, temporary_settings
from prefect.workers.process import ProcessWorker

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.processes import Process, child, environment_without, start, stop
from prefect_redshift.local.services import (
    STATE_FOLDER,
    free_port,
    make_state_folder,
    needs_stand_in,
    server_ready,
    stand_in_for_aws,
)

POOL = "redshift-etl"
USUAL_PORT = 4200
COMMAND_SECONDS = 120.0
RUN_STOP_SECONDS = 8.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Brings all up, waits for Ctrl-C or SIGTERM, takes all down; returns the exit code.

    0: ended as asked. 1: something did not start, or ended by itself, told in one line. 2: a wrong option.
    """
    options = parser().parse_args(arguments)
    state: Path = options.state_folder.absolute()
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with ExitStack() as services:
            # Once it is being taken down, nothing interrupts that.
            try:
                ended = _bring_up(services, state)
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise PipelineError(f"{ended} ended by itself; its log is in {state}.")
    except KeyboardInterrupt:
        print("\nStopped.")  # noqa: T201
        return 0
    except PipelineError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1


def parser() -> argparse.ArgumentParser:
    """The options, each explained."""
    options = argparse.ArgumentParser(
        prog="python -m prefect_redshift.local",
        description="Start a Prefect server with its UI, a worker and, unless REDSHIFT_... names a warehouse, the "
        "stand-in for AWS; deploy the flow; stop all of it on Ctrl-C.",
    )
    options.add_argument(
        "--state-folder",
        type=Path,
        default=Path(STATE_FOLDER),
        help="where the data and the logs are kept (default: .local_aws)",
    )
    return options


def _bring_up(services: ExitStack, state: Path) -> str:
    """Starts everything and waits; returns the name of what ended by itself, if something does."""
    make_state_folder(state)
    services.enter_context(_alone_in(state))
    port = USUAL_PORT if _is_free(USUAL_PORT) else free_port()
    # A home of its own: the server's database must not be one that another server of the user's is working on.
    ours = {
        "PREFECT_HOME": str(state / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # Somebody waits: seconds between the worker's looks for a run, and the server's for a changed schedule, and
        # until a run that had to wait for another is tried again.
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "5",
        # Where the worker finds the project, as prefect.yaml says.
        "PWD": str(Path.cwd()),
    }
    server_command = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = services.enter_context(
        child(server_command, state / "prefect-server.log", {**environment_without("PREFECT_"), **ours})
    )
    if needs_stand_in(None):
        print(f"No warehouse is configured: using the embedded stand-in, data in {state}.", flush=True)  # noqa: T201
        services.enter_context(stand_in_for_aws(state, False))
    variables = {**environment_without("PREFECT_"), **ours}
    server_ready((server, ours["PREFECT_API_URL"]), state)

    asyncio.run(_make_pool(ours["PREFECT_API_URL"]))
    worker_command = ["prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    worker = start(worker_command, state / "prefect-worker.log", variables, folder=Path.cwd())
    services.callback(_stop_worker, worker)
    commands = {"setup.log": ["blocks"], "deploy.log": ["prefect", "--no-prompt", "deploy", "--all"]}
    _run_at_once({state / log: command for log, command in commands.items()}, variables)
    print(_told(ours["PREFECT_API_URL"], state), flush=True)  # noqa: T201
    return _first_to_end({"The Prefect server": server, "The worker": worker})


@contextmanager
def _alone_in(state: Path) -> Iterator[None]:
    """Holds the folder for this process: two servers on one database would lose each other's writes.

    Raises:
        PipelineError: Another process holds it.
    """
    with (state / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PipelineError(
                f"It is up already with its state in {state}: stop that one, or name another --state-folder."
            ) from error
        yield


async def _make_pool(api_url: str) -> None:
    """As `prefect work-pool create --overwrite` does, without the seconds that each command takes to start."""
    template = ProcessWorker.get_default_base_job_template()
    pool = WorkPoolCreate(name=POOL, type=ProcessWorker.type, base_job_template=template)
    # The key of an account elsewhere is nothing for this server.
    with temporary_settings({PREFECT_API_URL: api_url, PREFECT_API_KEY: None}):
        async with get_client() as client:
            await client.create_work_pool(pool, overwrite=True)


def _run_at_once(commands: Mapping[Path, Sequence[str]], variables: Mapping[str, str]) -> None:
    """Runs commands to their ends, each with a log of its own.

    Raises:
        PipelineError: One does not end well.
    """
    deadline = time.monotonic() + COMMAND_SECONDS
    with ExitStack() as running:
        started = {
            log: running.enter_context(child(command, log, variables, folder=Path.cwd()))
            for log, command in commands.items()
        }
        for log, process in started.items():
            try:
                exit_code = process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                exit_code = None
            if exit_code != 0:
                last = log.read_text(errors="replace").strip().splitlines()[-1:]
                raise PipelineError(
                    f"`{' '.join(commands[log])}` did not work; see {log}, which ends: {' '.join(last)}"
                )


def _stop_worker(worker: Process) -> None:
    """Ends the flow runs first: asked to stop, the worker alone would wait for them, and each cancels its statement."""
    own = psutil.Process(worker.pid)
    runs = own.children(recursive=True) if worker.poll() is None else []
    for run in runs:
        _signal(run, signal.SIGTERM)
    psutil.wait_procs(runs, RUN_STOP_SECONDS)
    left = own.children(recursive=True) if worker.poll() is None else []
    stop(worker)
    for process in [*runs, *left]:
        _signal(process, signal.SIGKILL)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        # psutil compares the start time: never another process that has got the same id since.
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _first_to_end(processes: Mapping[str, Process]) -> str:
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                return name
        time.sleep(0.2)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server itself binds: a port whose last connections are only winding down is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _told(api_url: str, state: Path) -> str:
    virtual_environment = os.path.relpath(Path(sys.executable).parent, Path.cwd())
    return f"""
The UI: {api_url.removesuffix("/api")}    Logs: {state}    Ctrl-C stops everything.

In another terminal:
  source {virtual_environment}/activate
  export PREFECT_API_URL={api_url}
  prefect deployment run 'sales-data-pipeline/daily' --watch
  prefect deployment run 'sales-data-pipeline/daily' -p run_date=2026-11-22 --watch
"""


def _interrupt(signum: int, frame: object) -> NoReturn:  # noqa: ARG001
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
