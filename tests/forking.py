"""Processes that run the flows, forked from one that has imported them: the imports take longer than most of them run.

`python -m tests.forking` is the one that forks, one process at a time. Each ends as an interpreter ends.
"""

import faulthandler
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.project import PROJECT_FOLDER
from tests.signals import heed_interrupts

IMPORTED = ("flows.sales_data_pipeline", "flows.sales_backfill", "prefect_redshift.cli.flow_process")

# A process writes on its standard error where its threads are.
TELL_WHERE = signal.SIGUSR1


class Forked:
    """A process that runs Python code in the project's folder; used as `subprocess.Popen` is.

    Args:
        code: What it runs, as `python -c` does, once it is imported.
        arguments: Its `sys.argv[1:]`.
        variables: Beside those of this process. Prefect has read its own already.
    """

    def __init__(self, code: str, *arguments: str, variables: Mapping[str, str] | None = None) -> None:
        self._server = _server(os.environ.get("PREFECT_API_URL"), os.environ.get("PREFECT_HOME"))
        self._out, self._err = self._server.files()
        self.returncode: int | None = None
        asked = {
            "code": code,
            "arguments": arguments,
            "variables": {**os.environ, **(variables or {})},
            "output": [str(self._out), str(self._err)],
        }
        self.pid = self._server.fork(json.dumps(asked))

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; return the exit code.

        Raises:
            subprocess.TimeoutExpired: It does not end; what it has said and where it is are in a note.
        """
        try:
            if self.returncode is None:
                self.returncode = self._server.exit_code(timeout)
        except subprocess.TimeoutExpired as error:
            if timeout:
                os.kill(self.pid, TELL_WHERE)
                time.sleep(1)
                error.add_note(self._err.read_text()[-10_000:])
            raise
        return self.returncode

    def said(self) -> str:
        """Return what it has said on standard output until now."""
        return self._out.read_text() if self._out.exists() else ""

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end; return what it has said on standard output and standard error."""
        self.wait(timeout)
        return self._out.read_text(), self._err.read_text()

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        try:
            self.wait(0)
        except subprocess.TimeoutExpired:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.send_signal(9)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error:
            self.kill()
        self.wait()


class _Server:
    """The process that has imported the flows."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="forked-tests-")
        self._numbers = count(1)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking"],
            cwd=PROJECT_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def files(self) -> tuple[Path, Path]:
        """Return where the next process writes its standard output and its standard error."""
        folder = Path(self._folder.name)
        number = next(self._numbers)
        return folder / f"{number}.out", folder / f"{number}.err"

    def fork(self, asked: str) -> int:
        """Have it fork a process; return its id."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{asked}\n".encode())
        return int(self._process.stdout.readline())

    def exit_code(self, timeout: float | None) -> int:
        """Wait for the end of the process that was forked last."""
        assert self._process.stdout
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
        return int(self._process.stdout.readline())

    def end(self) -> None:
        """End it."""
        self._process.communicate(timeout=60)
        self._folder.cleanup()


_SERVERS: list[_Server] = []


@cache
def _server(api_url: str | None, home: str | None) -> _Server:
    """Return the one whose Prefect has read these variables."""
    _SERVERS.append(_Server())
    return _SERVERS[-1]


def end_forking() -> None:
    """End what forks."""
    _server.cache_clear()
    while _SERVERS:
        _SERVERS.pop().end()


def _asked_for() -> str:
    """Return, in a process of its own, the code of a line, which finds what the line says, until there are no more."""
    for line in sys.stdin:
        if not (pid := os.fork()):
            return _enter(json.loads(line))
        _say(pid)
        _say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    sys.exit()


def _enter(asked: dict[str, Any]) -> str:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [os.open(os.devnull, os.O_RDONLY), *(os.open(path, flags, 0o600) for path in asked["output"])]
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["variables"])
    sys.argv = ["forked", *asked["arguments"]]
    heed_interrupts()
    faulthandler.register(TELL_WHERE, file=2)
    return str(asked["code"])


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for module in IMPORTED:
        import_module(module)
    exec(compile(_asked_for(), "forked", "exec"), {"__name__": "__main__"})
