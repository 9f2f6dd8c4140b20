"""A worker that is killed, and with it all that was brought up: up again, nothing waits for what is dead."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from local_aws import Served, running
from tests.e2e.asking import BACKFILL, ask, started, state_of, until
from tests.e2e.conftest import brought_up, client_of, up
from tests.flows.test_command_line import slow_scripts
from tests.job_warehouse import Warehouse

LOAD = "run_load_fact_sales"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL, under root another user, can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="crash-tests-"))
    folder.chmod(0o711)
    (folder / "state").mkdir()
    (folder / "sql").mkdir()
    yield folder
    shutil.rmtree(folder)


def test_runs_of_a_killed_worker_are_crashed_and_their_slots_are_free(
    no_aws_configuration: None, folder: Path, record_property: Callable[[str, object], None]
) -> None:
    state = folder / "state"
    with running(folder / "data") as stand_in:
        warehouse = Warehouse(client_of(stand_in), "dev")
        was_running, was_pending, was_waiting = _brought_up_and_killed(folder, stand_in, warehouse)
        killed = time.monotonic()
        # The process of the run, which had outlived its worker, has ended its statement.
        assert [s["Status"] for s in warehouse.statements() if f"/{LOAD}/" in s["StatementName"]] == [
            "ABORTED"
        ]

        with up(state, stand_in) as api_url, temporary_settings({PREFECT_API_URL: api_url}):
            until(lambda: [state_of(was_running), state_of(was_pending)] == ["Crashed", "Crashed"], 60)
            until(lambda: state_of(was_waiting) == "Completed", 240)
            seconds = time.monotonic() - killed
            next_backfill = started({"from_date": "2026-11-01", "to_date": "2026-11-02"}, of=BACKFILL)
            until(lambda: state_of(next_backfill) == "Completed", 240)
        record_property(
            "after kill -9 of the worker", f"the next run had loaded its day {seconds:.0f} s later"
        )
        assert warehouse.rows("select distinct ss_sold_date_sk from store_sales order by 1") == [
            (20261101,),
            (20261102,),
            (20261121,),
        ]
        warehouse.data_api.close()


def _brought_up_and_killed(folder: Path, stand_in: Served, warehouse: Warehouse) -> tuple[UUID, UUID, UUID]:
    """Bring all up and kill the worker with a run in Running, one in Pending, and one that waits for a slot."""
    state = folder / "state"
    process, api_url = brought_up(state, stand_in)
    with temporary_settings({PREFECT_API_URL: api_url}):
        slow = str(slow_scripts(folder / "sql", LOAD))
        was_running = started({"run_date": "2026-11-22", "scripts": slow})
        warehouse.wait_for_running(LOAD, 90)
        was_waiting = started({"run_date": "2026-11-21"})
        until(lambda: state_of(was_waiting) == "AwaitingConcurrencySlot", 60)
        was_pending = started({"from_date": "2026-11-01", "to_date": "2026-11-02"}, of=BACKFILL)
        until(lambda: state_of(was_pending) == "Pending", 60, pause=0.05)
        assert state_of(was_running) == "Running"
        pid = int(
            str(ask(lambda client: client.read_flow_run(was_running)).infrastructure_pid).rpartition(":")[2]
        )
        _worker(process.pid).kill()
    assert process.wait(60) == 1
    words = (state / "up.log").read_text()
    assert "error: The worker of redshift-etl ended by itself" in words
    assert "Traceback" not in words
    assert not psutil.pid_exists(pid)
    return was_running, was_pending, was_waiting


def _worker(pid: int) -> psutil.Process:
    (worker,) = [child for child in psutil.Process(pid).children() if "worker" in child.cmdline()]
    return worker
