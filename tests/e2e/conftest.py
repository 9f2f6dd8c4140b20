"""All that `make up` brings up, once for these tests: real processes, reached as a user reaches them."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from local_aws import Served, running
from tests.job_warehouse import Warehouse
from tests.prefect_database import migrated
from tests.project import PROJECT_FOLDER
from tests.signals import heed_interrupts

UP_SECONDS = 300


@dataclass
class Up:
    """What `python -m prefect_redshift.local` has brought up.

    Attributes:
        process: Its process.
        api_url: Of its Prefect server.
        log: What it says.
        exit_code: With which it is to end.
    """

    process: "subprocess.Popen[bytes]"
    api_url: str
    log: Path
    exit_code: int = 0


class Deployed:
    """A server, a worker and a deployment, on a stand-in whose warehouse begins empty."""

    def __init__(self, up: Up, warehouse: Warehouse, state: Path, stand_in: Served) -> None:
        self.up = up
        self.warehouse = warehouse
        self.aws = stand_in.environment
        self.variables = {
            **os.environ,
            "PREFECT_API_URL": up.api_url,
            "PREFECT_HOME": str(state / "prefect"),
        }
        self._state = state
        self._stand_in = stand_in

    def prefect(self, *arguments: str) -> str:
        """Run `prefect ...` in the project's folder; fail the test unless it succeeds."""
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=PROJECT_FOLDER,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, *options: str, deployment: str = "sales-data-pipeline/daily") -> str:
        """Run a deployment to its end, and return what the command said."""
        return self.prefect("deployment", "run", deployment, "--watch", *options)

    @contextmanager
    def up_again(self) -> Iterator[None]:
        """Bring all up anew, once it has ended."""
        with (
            bringing_up(self._state, self._stand_in) as again,
            temporary_settings({PREFECT_API_URL: again.api_url}),
        ):
            yield


def start_up(state: Path, stand_in: Served) -> "subprocess.Popen[bytes]":
    """Start `python -m prefect_redshift.local` on a stand-in; what it says is in `up.log`."""
    names = ("PREFECT_", "REDSHIFT_")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    variables |= {**stand_in.environment, "REDSHIFT_WORKGROUP_NAME": "local-workgroup"}
    with (state / "up.log").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "prefect_redshift.local", "--state-folder", str(state)],
            cwd=PROJECT_FOLDER,
            env=variables,
            stdout=output,
            stderr=output,
            preexec_fn=heed_interrupts,
        )


def brought_up(state: Path, stand_in: Served) -> Up:
    """Return what has been brought up.

    One at a time: two at once would both find Prefect's usual port free.
    """
    with (Path(tempfile.gettempdir()) / "e2e-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process, log = start_up(state, stand_in), state / "up.log"
        try:
            return Up(process, address(process, log), log)
        except BaseException:
            process.kill()
            process.wait()
            raise


@contextmanager
def bringing_up(state: Path, stand_in: Served) -> Iterator[Up]:
    """Yield what is brought up; nothing is left afterwards."""
    up = brought_up(state, stand_in)
    process = up.process
    try:
        yield up
    finally:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(40) == up.exit_code, up.log.read_text()
            assert not [child for child in children if child.is_running()]
        finally:
            process.kill()


def address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Wait until it is up, and return the URL of its API."""
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        text = log.read_text()
        if "Ctrl-C stops everything" in text and (
            found := re.search(r"export PREFECT_API_URL=(\S+)\n", text)
        ):
            return found[1]
        time.sleep(0.2)
    raise AssertionError(f"prefect_redshift.local does not come up:\n{log.read_text()}")


# Not longer than these tests: as long as it is up, it is the server that Prefect's clients in this process speak to.
@pytest.fixture(scope="module")
def deployed(no_aws_configuration: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A deployment on a stand-in of its own, whose database `dev` begins empty."""
    folder = Path(tempfile.mkdtemp(prefix="e2e-tests-"))
    # Under root, PostgreSQL is another user, who must be able to pass through.
    folder.chmod(0o711)
    state = folder / "state"
    (state / "prefect").mkdir(parents=True)
    try:
        with running(folder / "data") as stand_in, ExitStack() as services:
            with migrated(state / "prefect", tmp_path_factory):
                up = services.enter_context(bringing_up(state, stand_in))
            client = client_of(stand_in)
            with temporary_settings({PREFECT_API_URL: up.api_url}):
                yield Deployed(up, Warehouse(client, "dev"), state, stand_in)
            client.close()
    finally:
        shutil.rmtree(folder)


def client_of(stand_in: Served) -> Any:
    """Return a client of the Data API."""
    return boto3.client(
        "redshift-data",
        endpoint_url=stand_in.url,
        region_name=stand_in.environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=stand_in.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=stand_in.environment["AWS_SECRET_ACCESS_KEY"],
    )
