"""Runs the stand-in beside a program: `with running() as served: ...`."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local_aws.folder import DataFolder, Served
from local_aws.start_errors import StartError

ALREADY_SERVED = 3
START_SECONDS = 60.0
STOP_SECONDS = 20.0


@contextmanager
def running(
    data_dir: str | Path = ".local_aws",
    *,
    fresh: bool = False,
    max_executing: int | None = None,
    rates: bool = False,
) -> Iterator[Served]:
    """Start `python -m local_aws` as a child process and stop it at the end; its log is `<data_dir>/server.log`.

    Where a live process serves that directory already, it is joined and left running (the options then have no effect).
    The child ends with this process, however that ends. Raises StartError with the child's own words.
    """
    options = ["--rates"] * rates
    if max_executing is not None:
        options += ["--max-executing", str(max_executing)]
    with starting(data_dir, *options, fresh=fresh) as served:
        yield served()


@contextmanager
def starting(data_dir: str | Path, *options: str, fresh: bool = False) -> Iterator[Callable[[], Served]]:
    """Do as `running`, without waiting: what is yielded waits until it is served, and says where.

    `options` are of the command `python -m local_aws`.
    """
    folder = DataFolder(Path(data_dir))
    folder.create()
    if joined := folder.served_by():
        others = joined
        yield lambda: others
        return
    child = _spawn(folder, [*options, *["--fresh"] * fresh])
    try:
        yield lambda: _wait_until_served(folder, child)
    finally:
        if child.stdin:
            child.stdin.close()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _spawn(folder: DataFolder, options: list[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data-dir", str(folder.path)]
    command += ["--until-stdin-closes", *options]
    with folder.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            # Where `-m local_aws` is found, wherever the program was started.
            cwd=Path(__file__).parent.parent,
            start_new_session=True,  # Ctrl-C is for the program; it then stops this child
        )


def _wait_until_served(folder: DataFolder, child: "subprocess.Popen[bytes]") -> Served:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        served = folder.served_by()
        if served and (served.pid == child.pid or child.poll() is not None):
            return served
        if child.poll() not in (None, ALREADY_SERVED):
            last = "\n".join(folder.log.read_text(errors="replace").splitlines()[-5:])
            raise StartError(f"local_aws did not start; the end of {folder.log}:\n{last}")
        time.sleep(0.01)
    raise StartError(f"local_aws did not start within {START_SECONDS:.0f} s; see {folder.log}")
