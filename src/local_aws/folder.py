"""The data directory: what lies where, who serves it now, and where PostgreSQL's files may live."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from local_aws.engine.identity import Identity
from local_aws.identity import environment
from local_aws.start_errors import AlreadyServedError, StartError

LOGS = ("server.log", "postgres.log")
OURS = ("postgres", "statements.sqlite", "statements.sqlite-wal", "statements.sqlite-shm")


@dataclass(frozen=True)
class Served:
    """A served stand-in: its URL, the environment variables that point an SDK at it, its process id."""

    url: str
    pid: int

    @property
    def environment(self) -> dict[str, str]:
        """Return the AWS_* variables for this endpoint."""
        return environment(self.url)


class DataFolder:
    """A data directory on disk. Made by `claim`, or only looked at by `served_by`.

    `log` is the log file of a stand-in that runs as a child process, `statements` the SQLite file with the statements'
    history and results.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.log, self.statements = self.path / "server.log", self.path / "statements.sqlite"
        self._endpoint_file = self.path / "endpoint.json"
        digest = hashlib.sha256(str(self.path).encode()).hexdigest()
        self._elsewhere = Path("/var/tmp") / f"local_aws-{digest[:16]}"  # noqa: S108
        self._lock: IO[str] | None = None

    def create(self) -> None:
        """Make the directory, its owner's only; under root PostgreSQL, as another user, may pass through it."""
        try:
            if not self.path.exists():
                self.path.mkdir(parents=True, exist_ok=True)
                self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            (self.path / "lock").touch(mode=0o600)
            for name in LOGS:
                (self.path / name).touch(mode=0o600)
                (self.path / name).chmod(0o600)
        except OSError as error:
            raise StartError(f"cannot write to the data directory {self.path}: {error.strerror}") from None

    def claim(self) -> None:
        """Take the directory for this process until it ends; raise AlreadyServedError when another has it."""
        self.create()
        lock = (self.path / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            served = self._read_endpoint()
            by = f"pid {served.pid} at {served.url}" if served else "a process that is just starting"
            raise AlreadyServedError(f"the data directory {self.path} is already served by {by}") from None
        self._lock = lock
        self._endpoint_file.unlink(missing_ok=True)

    def served_by(self) -> Served | None:
        """Return the endpoint of the live process that serves this directory, None if there is none (yet)."""
        try:
            lock = (self.path / "lock").open("r")
        except OSError:
            return None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return self._read_endpoint()
        return None

    def announce(self, url: str) -> None:
        """Tell other processes where this directory is served."""
        draft = self._endpoint_file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(Served(url, os.getpid()))))
        draft.replace(self._endpoint_file)

    def withdraw(self) -> None:
        """Take the announcement back and let go of the directory."""
        self._endpoint_file.unlink(missing_ok=True)
        if self._lock:
            self._lock.close()

    def wipe(self) -> None:
        """Remove what an earlier run left, and nothing else that may lie in the directory."""
        for name in OURS:
            target = self.path / name
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
        shutil.rmtree(self._elsewhere, ignore_errors=True)

    def private_root(self, identity: Identity) -> Path:
        """Return a folder that the identity can reach: this one, else one of our own under /var/tmp."""
        if identity.reaches(self.path):
            return self.path
        _prune_orphans()
        self._elsewhere.mkdir(mode=0o711, exist_ok=True)
        if self._elsewhere.stat().st_uid != os.geteuid():
            raise StartError(f"{self._elsewhere} belongs to another user: choose another data directory")
        (self._elsewhere / "belongs-to").write_text(str(self.path))
        return self._elsewhere

    def _read_endpoint(self) -> Served | None:
        try:
            return Served(**json.loads(self._endpoint_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None


def socket_folder(identity: Identity, data: DataFolder) -> Path:
    """Make a short private folder for PostgreSQL's socket, whose path may have some 100 bytes; remove an old one."""
    note = data.path / "socket-folder"
    if note.exists():
        shutil.rmtree(note.read_text(), ignore_errors=True)
    base = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="local_aws-", dir=base if len(base) < 60 else "/tmp"))  # noqa: S108
    identity.own(folder)
    note.touch(0o600)
    note.write_text(str(folder))
    return folder


def _prune_orphans() -> None:
    """Remove folders of ours under /var/tmp whose data directory is gone."""
    for folder in Path("/var/tmp").glob("local_aws-*"):  # noqa: S108
        marker = folder / "belongs-to"
        is_ours = folder.stat().st_uid == os.geteuid() and marker.is_file()
        if is_ours and not Path(marker.read_text()).exists():
            shutil.rmtree(folder, ignore_errors=True)
