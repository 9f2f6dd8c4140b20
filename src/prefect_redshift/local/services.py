"""What a run on a laptop needs and a deployment never starts: a stand-in for AWS, and a Prefect server."""

import logging
import os
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError

from prefect.settings import PREFECT_API_URL, temporary_settings

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.processes import Process, child

# Where a project keeps what a laptop run leaves behind.
STATE_FOLDER = ".local_aws"
STAND_IN_WAREHOUSE = {"REDSHIFT_WORKGROUP_NAME": "local-workgroup", "REDSHIFT_DATABASE": "dev"}
START_SECONDS = 180.0
# Its services record the task runs; what schedules deployments has no place in a local run.
_SERVER_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
}


def needs_stand_in(warehouse: str | None) -> bool:
    """Tell whether neither a block nor the environment names a warehouse, nor the environment an endpoint of AWS."""
    names = (
        "REDSHIFT_WORKGROUP_NAME",
        "REDSHIFT_CLUSTER_IDENTIFIER",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_REDSHIFT_DATA",
    )
    return warehouse is None and not any(os.environ.get(name) for name in names)


@contextmanager
def local_services(state: Path, *, stand_in: bool, fresh: bool = False) -> Iterator[None]:
    """Start the stand-in if asked to, and a Prefect server unless one is configured, and stop what it started.

    Args:
        state: The folder for the warehouse's data and the servers' logs, kept between runs.
        stand_in: Whether AWS is to be played by `local_aws`.
        fresh: Whether the stand-in forgets what its warehouse held.

    Raises:
        PipelineError: One of them does not start.
    """
    make_state_folder(state)
    with ExitStack() as services:
        server = None if PREFECT_API_URL.value() else services.enter_context(_prefect_server(state))
        if stand_in:
            services.enter_context(stand_in_for_aws(state, fresh))
        if server is not None:
            services.enter_context(temporary_settings({PREFECT_API_URL: server_ready(server, state)}))
        try:
            yield
        finally:
            # The run's last log lines are still on their way to the server.
            for handler in logging.getLogger("prefect.flow_runs").handlers:
                handler.flush()


def make_state_folder(state: Path) -> None:
    """Make the folder where there is none.

    Raises:
        PipelineError: It cannot be made, or not written to.
    """
    try:
        state.mkdir(exist_ok=True, parents=True)
        (state / "prefect-server.log").touch()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PipelineError(
            f"The state folder {state} cannot be used: {reason}; choose another one."
        ) from error


@contextmanager
def stand_in_for_aws(state: Path, fresh: bool) -> Iterator[None]:
    """Run the stand-in, and have this process's environment name it.

    Raises:
        PipelineError: It does not start.
    """
    # The one place that knows the stand-in; everything else only sees another endpoint.
    from local_aws import running
    from local_aws.start_errors import StartError

    try:
        with (
            running(state, fresh=fresh) as served,
            _environment({**served.environment, **STAND_IN_WAREHOUSE}),
        ):
            yield
    except StartError as error:
        raise PipelineError(f"The stand-in does not start: {error}") from error


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    # A profile would win over the stand-in's own credentials.
    os.environ.pop("AWS_PROFILE", None)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _prefect_server(state: Path) -> Iterator[tuple[Process, str]]:
    """Yield a Prefect server of our own: the temporary one that Prefect starts by itself is noisy when it stops."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    command = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    variables = {**os.environ, **_SERVER_SETTINGS, "PREFECT_UI_API_URL": url}
    with child(command, state / "prefect-server.log", variables) as server:
        yield server, url


def free_port() -> int:
    """Return a port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_ready(server: tuple[Process, str], state: Path) -> str:
    """Return the URL of the server's API, once it answers.

    Raises:
        PipelineError: It does not.
    """
    process, url = server
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):  # noqa: S310
                return url
        except (URLError, OSError):
            time.sleep(0.05)
    raise PipelineError(f"The Prefect server does not start; see {state / 'prefect-server.log'}.")
