"""`kill -9` of a worker, with its runs in each state that would have others wait for them."""

import time
from functools import partial
from pathlib import Path
from uuid import UUID

import psutil

from tests.e2e.asking import BACKFILL, ask, started, state_of, until
from tests.e2e.conftest import Deployed
from tests.flows.test_command_line import slow_scripts

LOAD = "run_load_fact_sales"


def kill_the_worker(deployed: Deployed, folder: Path) -> tuple[UUID, UUID, UUID]:
    """Kill it with a run in Running, one in Pending, and one that waits for a slot; with it ends all that is up."""
    slow = str(slow_scripts(folder, LOAD))
    was_running = started({"run_date": "2026-10-22", "scripts": slow})
    deployed.warehouse.wait_for_running(LOAD, 90)
    was_waiting = started({"run_date": "2026-10-21"})
    until(lambda: state_of(was_waiting) == "AwaitingConcurrencySlot", 60)
    was_pending = _caught_in_pending()
    assert state_of(was_running) == "Running"
    run = ask(lambda client: client.read_flow_run(was_running))
    pid = int(str(run.infrastructure_pid).rpartition(":")[2])
    _worker(deployed.up.process.pid).kill()
    deployed.up.exit_code = 1
    assert deployed.up.process.wait(60) == deployed.up.exit_code
    words = deployed.up.log.read_text()
    assert "error: The worker of redshift-etl ended by itself" in words
    assert "Traceback" not in words
    assert not psutil.pid_exists(pid)
    return was_running, was_pending, was_waiting


def _caught_in_pending() -> UUID:
    """Start runs until one is seen in Pending, which lasts as long as its process imports what it needs."""
    for _ in range(5):
        run = started({"from_date": "2026-10-01", "to_date": "2026-10-02"}, of=BACKFILL)
        if _first_state(run) == "Pending":
            return run
        until(partial(_has_completed, run), 60)
    raise AssertionError("no run was seen in Pending")


def _first_state(run: UUID) -> str | None:
    """Return the first state that is seen of a run once it is no longer Scheduled."""
    deadline = time.monotonic() + 60
    while (state := state_of(run)) in ("Scheduled", "Late"):
        assert time.monotonic() < deadline, "it is not begun"
        time.sleep(0.05)
    return state


def _has_completed(run: UUID) -> bool:
    return state_of(run) == "Completed"


def _worker(pid: int) -> psutil.Process:
    (worker,) = [child for child in psutil.Process(pid).children() if "worker" in child.cmdline()]
    return worker
