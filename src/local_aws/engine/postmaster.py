"""Makes, starts and stops the PostgreSQL cluster behind the warehouse."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local_aws.engine import binaries, identity
from local_aws.engine.identity import Identity
from local_aws.folder import DataFolder, socket_folder
from local_aws.start_errors import StartError

SUPERUSER = "rdsdb"  # Redshift's own name for the owner of its system objects
STATUS_LINE = 7  # of postmaster.pid, counted from 0
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
# Nothing of the developer's PG* variables may reach the cluster.
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}

SETTINGS = Path(__file__).with_name("postgresql.conf")


@dataclass
class Postmaster:
    """One PostgreSQL cluster: `programs` hold its binaries, `data` its files, `sockets` its Unix socket."""

    programs: Path
    data: Path
    sockets: Path
    identity: Identity
    log: Path
    max_connections: int
    _process: subprocess.Popen[bytes] | None = None

    def initialise(self) -> bool:
        """Run initdb unless the cluster exists; return whether it did."""
        if (self.data / "complete").exists():
            return False
        self._stop_leftover()
        shutil.rmtree(self.data, ignore_errors=True)
        self.identity.own(self.data)
        command = [str(self.programs / "initdb"), "-D", str(self.data), "-U", SUPERUSER, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions", "--no-data-checksums"]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, env=ENVIRONMENT, cwd=self.data, check=False, **self.identity.spawn
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            # The cause comes first; what follows tells of tidying up.
            causes = [line for line in said if "FATAL" in line or "error:" in line]
            raise StartError(f"PostgreSQL could not be set up: {[*causes, 'initdb said nothing'][0]}")
        return True

    def start(self) -> None:
        """Start the server; it dies with this process. Returns before it accepts connections."""
        self._stop_leftover()
        settings = [line for line in SETTINGS.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
        settings += [f"unix_socket_directories = {self.sockets}", f"max_connections = {self.max_connections}"]
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for setting in settings:
            name, _, value = setting.partition("=")
            command += ["-c", f"{name.strip()}={value.strip()}"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=ENVIRONMENT,
                cwd=self.data,
                start_new_session=True,  # Ctrl-C is for the stand-in, which stops PostgreSQL in its own order
                preexec_fn=_die_with_parent(),
                **self.identity.spawn,
            )

    def is_up(self) -> bool:
        """Tell whether the server accepts connections; raise StartError when it has ended."""
        if self._process is None or self._process.poll() is not None:
            last = self.log.read_text(errors="replace").strip().splitlines()[-1:]
            raise StartError(f"PostgreSQL ended while starting: {''.join(last) or 'it said nothing'}")
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[STATUS_LINE].strip() == "ready"
        except (OSError, IndexError):
            return False

    def stop(self) -> None:
        """Stop the server, if it was started: open transactions are rolled back."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(timeout=10)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _stop_leftover(self) -> None:
        """Stop a server that a killed stand-in left behind, known by its pid file and its working directory."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        if _works_in(pid, self.data):
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + 10
            while _works_in(pid, self.data) and time.monotonic() < deadline:
                time.sleep(0.02)
        pid_file.unlink(missing_ok=True)


def cluster(folder: DataFolder, max_connections: int) -> Postmaster:
    """Return the cluster of a data directory, not yet started; under root it is somewhere that `nobody` can reach."""
    who = identity.current()
    root = folder.private_root(who)
    return Postmaster(
        programs=binaries.runnable_by(who, root),
        data=root / "postgres",
        sockets=socket_folder(who, folder),
        log=folder.path / "postgres.log",
        identity=who,
        max_connections=max_connections,
    )


def _works_in(pid: int, folder: Path) -> bool:
    if sys.platform != "linux":
        found = subprocess.run(["/bin/ps", "-p", str(pid), "-o", "args="], capture_output=True, check=False)  # noqa: S603
        return str(folder).encode() in found.stdout
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def _die_with_parent() -> Callable[[], object] | None:
    if sys.platform != "linux":
        return None  # a leftover server is then stopped by the next start
    return partial(ctypes.CDLL(None).prctl, PARENT_DEATH_SIGNAL, signal.SIGINT)
