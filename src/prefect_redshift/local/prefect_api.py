"""The API of Prefect for a laptop run: the configured one, that of what is up already, or a server of its own.

Nothing here imports Prefect before the server has been started: both take seconds, and run beside each other.
"""

import json
import os
import socket
import time
import tomllib
import urllib.request
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path
from typing import Any

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.brought_up import api_brought_up
from prefect_redshift.local.processes import Process, child

START_SECONDS = 180.0
# Its services record the task runs; what schedules deployments, and the types of blocks that nobody has stored there,
# have no place in a local run.
_SERVER_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
}


class PrefectApi:
    """Starts a server, unless there is one, and lets this process use it once it answers."""

    def __init__(self, services: ExitStack, state: Path) -> None:
        self._services = services
        self._state = state
        self._brought_up = api_brought_up(state)
        self._server = None if self._brought_up or _may_be_configured() else self._start()

    def use(self) -> None:
        """Wait for the server, and have Prefect's clients in this process use it until the services are stopped.

        Raises:
            PipelineError: It does not start.
        """
        from prefect.settings import PREFECT_API_KEY, PREFECT_API_URL, temporary_settings

        if PREFECT_API_URL.value():
            self.stop_soon()
            return
        if self._brought_up:
            print(f"Using the Prefect server that is up: {self._brought_up.removesuffix('/api')}.")  # noqa: T201
        url = self._brought_up or server_ready(self._server or self._start(), self._state)
        # The key of an account elsewhere is nothing for it.
        self._services.enter_context(temporary_settings({PREFECT_API_URL: url, PREFECT_API_KEY: None}))

    def stop_soon(self) -> None:
        """Ask the server that was started, if one was, to end; what it has been sent is stored first."""
        if self._server:
            self._server[0].terminate()

    def _start(self) -> tuple[Process, str]:
        """Start a server of our own: the temporary one that Prefect starts by itself is noisy when it stops."""
        port = free_port()
        url = f"http://127.0.0.1:{port}/api"
        command = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
        variables = {**os.environ, **_SERVER_SETTINGS, "PREFECT_UI_API_URL": url}
        server = child(command, self._state / "prefect-server.log", variables)
        self._server = self._services.enter_context(server), url
        return self._server


def _may_be_configured() -> bool:
    """Tell whether a place that Prefect reads its settings from looks as if it named an API.

    It need not be right: what Prefect itself says counts later. Where it is wrong, a server is started late or in vain.
    """
    if os.environ.get("PREFECT_API_URL"):
        return True
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    profiles = _toml(Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml"))
    profile = os.environ.get("PREFECT_PROFILE") or profiles.get("active")
    settings = {
        "profile": _part(profiles, "profiles", str(profile)),
        "pyproject": _part(_toml(Path("pyproject.toml")), "tool", "prefect"),
        "prefect.toml": _toml(Path("prefect.toml")),
    }
    variables = Path(".env")
    named = variables.read_text(errors="replace") if variables.is_file() else ""
    # As PREFECT_API_URL in a profile and a file of variables, as url of the table api elsewhere.
    return "PREFECT_API_URL" in f"{settings}{named}".upper() or "'url'" in f"{settings}"


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def _part(part: object, *names: str) -> object:
    """Return what stands there; None where nothing does."""
    for name in names:
        part = part.get(name) if isinstance(part, dict) else None
    return part


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
        except (HTTPException, OSError):  # it does not answer yet, or is another program
            time.sleep(0.05)
    raise PipelineError(f"The Prefect server does not start; see {state / 'prefect-server.log'}.")


def serves_home(url: str, home: str) -> bool:
    """Tell whether what answers is the server with that PREFECT_HOME, and not another on the same port."""
    try:
        with urllib.request.urlopen(f"{url}/admin/settings", timeout=30) as answer:  # noqa: S310
            served = _part(json.load(answer), "home")
    except (HTTPException, OSError, ValueError):
        return False
    return isinstance(served, str) and Path(served).resolve() == Path(home).resolve()
