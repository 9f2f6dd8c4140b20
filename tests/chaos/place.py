"""Where trials take place: a stand-in and a Prefect server, which can be killed and started again at their ports."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError

import boto3
from botocore.config import Config

from local_aws import Admin
from local_aws.identity import environment
from prefect_redshift.local.prefect_api import free_port, server_ready
from prefect_redshift.local.processes import Process, environment_without, start
from tests.chaos.clock import Clock

START_SECONDS = 60.0


class Restartable:
    """A process at a fixed port, on data that outlive it."""

    def __init__(self, command: Sequence[str], log: Path, variables: dict[str, str] | None = None) -> None:
        self._command, self._log, self._variables = command, log, variables
        self.process: Process | None = None

    def start(self) -> Process:
        """Start it; it may not answer yet."""
        self.process = start(self._command, self._log, self._variables)
        return self.process

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True)
class Place:
    """What trials share.

    Attributes:
        folder: Of scripts and logs.
        stand_in: The stand-in, where trials may kill it.
        server: The Prefect server, where trials may kill it.
        clock: The wall clock of the stand-in and of the flow, where trials may set it.
        data: The folder in which the stand-in keeps its data.
    """

    data_api: Any
    admin: Admin
    variables: dict[str, str]
    api_url: str
    folder: Path
    stand_in: Restartable | None = None
    server: Restartable | None = None
    clock: Clock | None = None
    data: Path | None = None

    @property
    def scripts(self) -> Path:
        """The folder of the scripts that trials run."""
        return self.folder / "sql"

    def stand_in_answers(self) -> None:
        """Wait until it does."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.admin.faults()
            except (URLError, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


@contextmanager
def own_stand_in(folder: Path, api_url: str) -> Iterator[Place]:
    """Yield a place with a stand-in that trials may kill, and whose clock they may set."""
    port, data, clock = free_port(), folder / "data", Clock(folder / "clock")
    data.mkdir(exist_ok=True)
    command = [
        "tests.chaos.clock",
        str(clock.file),
        "local_aws",
        "--port",
        str(port),
        "--data-dir",
        str(data),
    ]
    stand_in = Restartable(command, folder / "stand-in.log")
    stand_in.start()
    url = f"http://127.0.0.1:{port}"
    place = Place(
        client(url), Admin(url), environment(url), api_url, folder, stand_in=stand_in, clock=clock, data=data
    )
    try:
        place.stand_in_answers()
        yield place
    finally:
        place.data_api.close()
        stop_gently(stand_in)


@contextmanager
def own_server(folder: Path) -> Iterator[tuple[Restartable, str]]:
    """Yield a Prefect server that trials may kill, and the URL of its API."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    variables = {
        **environment_without("PREFECT_"),
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    command = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = Restartable(command, folder / "prefect-server.log", variables)
    try:
        server_ready((server.start(), url), folder)
        yield server, url
    finally:
        stop_gently(server)


def stop_gently(running: Restartable) -> None:
    """End it as it ends in peace."""
    if running.process is not None:
        running.process.terminate()
        running.process.wait(30)


def client(url: str) -> Any:
    """Return a plain boto3 client of the Data API."""
    names = environment(url)
    return boto3.client(
        "redshift-data",
        endpoint_url=url,
        region_name=names["AWS_DEFAULT_REGION"],
        aws_access_key_id=names["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=names["AWS_SECRET_ACCESS_KEY"],
        # The judge must not be deceived by what the accused has to live with.
        config=Config(retries={"total_max_attempts": 5}),
    )


@contextmanager
def own_folder() -> Iterator[Path]:
    """Yield a temporary folder that PostgreSQL, under root another user, can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Mount a file system of that size at the folder.

    Raises:
        PermissionError: This user may not.
    """
    folder.mkdir(exist_ok=True)
    options = f"size={megabytes}m,mode=711"
    done = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", options, "chaos", str(folder)], capture_output=True
    )
    if done.returncode:
        raise PermissionError(f"a small disk cannot be mounted: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no room on the folder's file system; return the file to delete when there is to be some again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return filler
