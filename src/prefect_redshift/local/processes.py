"""Child processes that end with this one, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

STOP_SECONDS = 5.0
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG

Process = subprocess.Popen[bytes]


def start(
    command: Sequence[str],
    log: Path,
    variables: Mapping[str, str] | None = None,
    *,
    folder: Path | None = None,
) -> Process:
    """Start `python -m <command>`, with all that it says appended to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=dict(variables) if variables is not None else None,
            start_new_session=True,  # Ctrl-C is for the program, which then stops its children in order
            preexec_fn=_begin,
        )


@contextmanager
def child(
    command: Sequence[str],
    log: Path,
    variables: Mapping[str, str] | None = None,
    *,
    folder: Path | None = None,
) -> Iterator[Process]:
    """Run `python -m <command>` beside the program, and stop it at the end."""
    process = start(command, log, variables, folder=folder)
    try:
        yield process
    finally:
        stop(process)


def stop(process: Process) -> None:
    """End a process: asked first, killed after a while."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _begin() -> None:
    # A shell that starts a program in the background has it ignore SIGINT, with which Prefect's worker stops itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def environment_without(*prefixes: str) -> dict[str, str]:
    """Return this process's variables but those whose names begin so."""
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
