"""Where trials run one after the other: a process with a stand-in and a Prefect server of its own."""

import os
import random
import shutil
import signal
import sys
import traceback
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NoReturn

from prefect_redshift.cli.flow_process import prepare_process
from tests.chaos.ground import Ground
from tests.chaos.kinds import KINDS
from tests.chaos.place import own_folder, own_server, own_stand_in, small_disk
from tests.chaos.scripts import copy_scripts
from tests.chaos.verdict import HangsError, Verdict

DISK_MEGABYTES = 400
# Of trials in which something was wrong.
LOGS = Path("build/chaos-logs")


class Lane:
    """The services of this process, each started when it is first needed, and stopped when the process ends."""

    def __init__(self) -> None:
        self._services = ExitStack()
        # Before the forkserver of this process goes, and not as a thread of a pool.
        Finalize(None, self._services.close, exitpriority=100)
        self._folder = self._services.enter_context(own_folder())
        server, api_url = self._services.enter_context(own_server(self._folder))
        # Processes are forked from one that begins with this environment.
        os.environ["PREFECT_API_URL"] = api_url
        place = self._services.enter_context(own_stand_in(self._folder, api_url))
        copy_scripts(place.scripts)
        self.usual = Ground(replace(place, server=server))
        self._on_a_small_disk: Ground | None = None

    def ground(self, kind: str) -> Ground:
        """Return what that kind works on.

        Raises:
            PermissionError: It needs what this user may not have.
        """
        return self._small_disk() if kind == "disk_full" else self.usual

    def _small_disk(self) -> Ground:
        if self._on_a_small_disk is None:
            folder: Path = self._folder / "disk"
            self._services.enter_context(small_disk(folder, DISK_MEGABYTES))
            place = self._services.enter_context(own_stand_in(folder, self.usual.place.api_url))
            copy_scripts(place.scripts)
            self._on_a_small_disk = Ground(place, self.usual.known)
        return self._on_a_small_disk


_lane: Lane | None = None
_is_to_end = False


def open_lane() -> None:
    """Start what this process needs; SIGTERM ends its trial, and what it has started."""
    global _lane
    signal.signal(signal.SIGTERM, _end)
    prepare_process()
    _lane = Lane()


def _end(*_: object) -> NoReturn:
    global _is_to_end
    _is_to_end = True
    sys.exit(128 + signal.SIGTERM)


def run_trial(kind: str, number: int, seed: int) -> Verdict | str:
    """Run one trial with dice of its own; return the verdict, or why it cannot be run here."""
    assert _lane
    if _is_to_end:  # the pool takes the end of a trial for its result, and hands out the next
        sys.exit(128 + signal.SIGTERM)
    try:
        ground = _lane.ground(kind)
    except PermissionError as error:
        return str(error)
    dice = random.Random(f"{seed} {kind} {number}")
    try:
        verdict = KINDS[kind](ground, dice)
    except HangsError as error:
        verdict = Verdict(hung=[str(error)[:3000]])
    except Exception as error:
        traceback.print_exc(limit=-4)
        verdict = Verdict(lost=[repr(error)[:500]])
    ground.place.admin.clear_faults()
    ground.place.admin.clear_history()
    _keep_logs(ground.place.folder, f"{kind}-{number}-of-{seed}", is_bad=not verdict)
    return verdict


def _keep_logs(folder: Path, trial: str, *, is_bad: bool) -> None:
    """Keep what the processes of a trial have said, if something was wrong."""
    for log in folder.glob("chaos_*.log"):
        if is_bad:
            (LOGS / trial).mkdir(parents=True, exist_ok=True)
            shutil.copy(log, LOGS / trial)
        log.unlink()
