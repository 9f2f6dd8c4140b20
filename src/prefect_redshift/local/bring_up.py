"""What `make up` starts, in which order, and what it stops."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local import flow_runs
from prefect_redshift.local.brought_up import alone_in
from prefect_redshift.local.prefect_api import free_port, server_ready, serves_home
from prefect_redshift.local.processes import Process, child, environment_without, start
from prefect_redshift.local.project import Project
from prefect_redshift.local.services import make_state_folder, needs_stand_in, stand_in_for_aws
from prefect_redshift.local.worker import stop_runs_without_worker, stop_worker

USUAL_PORT = 4200
COMMAND_SECONDS = 120.0


def bring_up(services: ExitStack, state: Path) -> str:
    """Start everything and wait; return the name of what ended by itself, if something does.

    Raises:
        PipelineError: The folder is no project, or something does not start.
    """
    project = Project.here()
    make_state_folder(state)
    tell = services.enter_context(alone_in(state))
    port = USUAL_PORT if _is_free(USUAL_PORT) else free_port()
    settings = _settings(state, port)
    server_command = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    variables = {**environment_without("PREFECT_"), **settings}
    server = services.enter_context(child(server_command, state / "prefect-server.log", variables))
    if needs_stand_in(None):
        print(f"No warehouse is configured: using the embedded stand-in, data in {state}.", flush=True)  # noqa: T201
        services.enter_context(stand_in_for_aws(state, False))
    variables = {**environment_without("PREFECT_"), **settings}
    api_url = settings["PREFECT_API_URL"]
    server_ready((server, api_url), state)
    if not serves_home(api_url, settings["PREFECT_HOME"]):
        raise PipelineError(f"Another program has taken port {port} meanwhile: run the command again.")
    tell(api_url)

    stop_runs_without_worker(settings["PREFECT_HOME"])
    asyncio.run(flow_runs.bury_dead_runs(api_url))
    asyncio.run(project.make_pools(api_url))
    workers = {
        f"The worker of {pool}": start(
            ["prefect", "worker", "start", "--pool", pool, "--type", "process"],
            state / f"prefect-worker-{pool}.log",
            variables,
            folder=project.folder,
        )
        for pool in project.pools
    }
    for worker in workers.values():
        services.callback(stop_worker, worker)
    services.callback(_end_runs, api_url, settings["PREFECT_HOME"], list(workers.values()))
    commands = {state / "deploy.log": project.deploy_command()}
    if (project.folder / "blocks" / "__main__.py").is_file():
        commands[state / "setup.log"] = ["blocks"]
    _run_at_once(commands, variables, project.folder)
    print(_next_steps(api_url, state, asyncio.run(project.deployed(api_url))), flush=True)  # noqa: T201
    return _first_to_end({"The Prefect server": server, **workers})


def _end_runs(api_url: str, home: str, workers: Sequence[Process]) -> None:
    """End what is under way, before the workers are stopped; also the runs of a worker that was killed."""
    stop_runs_without_worker(home)
    if any(worker.poll() is None for worker in workers):
        asyncio.run(flow_runs.cancel_runs(api_url))


def _settings(state: Path, port: int) -> dict[str, str]:
    return {
        # A home of its own: the server's database must not be one that another server of the user's is working on.
        "PREFECT_HOME": str(state / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # By default the slots of a deployment's concurrency limit are leased in memory: after a crash of the server
        # they would stay taken for ever.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        # Somebody waits: seconds between the worker's looks for a run, and the server's for a changed schedule, and
        # until a run that had to wait for another is tried again.
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "5",
        # Where the worker finds the project, as prefect.yaml says.
        "PWD": str(Path.cwd()),
    }


def _run_at_once(commands: Mapping[Path, Sequence[str]], variables: Mapping[str, str], folder: Path) -> None:
    """Run commands to their ends, each with a log of its own.

    Raises:
        PipelineError: One does not end well.
    """
    deadline = time.monotonic() + COMMAND_SECONDS
    with ExitStack() as running:
        started = {
            log: running.enter_context(child(command, log, variables, folder=folder))
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


def _first_to_end(processes: "Mapping[str, subprocess.Popen[bytes]]") -> str:
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


def _next_steps(api_url: str, state: Path, deployments: Sequence[str]) -> str:
    virtual_environment = os.path.relpath(Path(sys.executable).parent, Path.cwd())
    commands = "".join(f"  prefect deployment run '{name}' --watch\n" for name in deployments)
    return f"""
The UI: {api_url.removesuffix("/api")}    Logs: {state}    Ctrl-C stops everything.

In another terminal:
  source {virtual_environment}/activate
  export PREFECT_API_URL={api_url}
{commands}"""
