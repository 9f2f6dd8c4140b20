"""What `python -m prefect_redshift.local` holds while it is up: a lock, in which it writes where its server is."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from prefect_redshift.exceptions import PipelineError

# Whoever asks where the server is holds the lock for a moment.
LOCK_SECONDS = 1.0


@contextmanager
def alone_in(state: Path) -> Iterator[Callable[[str], None]]:
    """Hold the folder for this process: two servers on one database would lose each other's writes.

    Yields what tells others the URL of the server's API, as long as the folder is held.

    Raises:
        PipelineError: Another process holds it.
    """
    with _lock_file(state).open("a+") as lock:
        if not _locked(lock, fcntl.LOCK_EX, LOCK_SECONDS):
            raise PipelineError(
                f"It is up already with its state in {state}: stop that one, or name another --state-folder."
            )
        lock.truncate(0)

        def tell(api_url: str) -> None:
            lock.write(api_url)
            lock.flush()

        yield tell
        lock.truncate(0)


def api_brought_up(state: Path) -> str | None:
    """Return the URL of the API that is up with its state in that folder; None where none is, or not yet."""
    try:
        with _lock_file(state).open() as lock:
            return None if _locked(lock, fcntl.LOCK_SH) else lock.read() or None
    except OSError:
        return None


def _lock_file(state: Path) -> Path:
    return state / "up.lock"


def _locked(lock: IO[str], kind: int, seconds: float = 0.0) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True
