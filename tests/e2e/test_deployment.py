"""The flow as a deployment: real commands on a real server, with a real worker."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest
from prefect import State
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.schedules import CronSchedule
from prefect.states import Cancelling, Scheduled

from tests.e2e.asking import BACKFILL, DAILY, ask, deployment, started, state_of, until
from tests.e2e.conftest import Deployed
from tests.e2e.killing import LOAD, kill_the_worker
from tests.flows.test_command_line import slow_scripts
from tests.flows.test_sales_data_pipeline import STEPS
from tests.infra.machine import Machine
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER
from tests.server_records import latest_run

DAY = "2026-11-22"
NAMES = {"REDSHIFT_WORKGROUP_NAME": "local-workgroup", "REDSHIFT_DATABASE": "dev"}


def test_deploying_again_changes_nothing_and_starts_nothing_that_is_paused(deployed: Deployed) -> None:
    before = deployment()
    (schedule,) = before.schedules
    assert (schedule.slug, schedule.active) == ("every-morning", True)
    assert isinstance(schedule.schedule, CronSchedule)
    assert schedule.schedule.timezone == before.parameters["timezone"]
    assert before.global_concurrency_limit is not None
    assert before.global_concurrency_limit.limit == 1
    assert "/" not in str(before.pull_steps)  # nobody's path

    deployed.prefect("deployment", "schedule", "pause", DAILY, str(schedule.id))
    deployed.prefect("--no-prompt", "deploy", "--all")
    after = deployment()
    assert after.id == before.id
    assert [(s.id, s.slug, s.active, s.schedule) for s in after.schedules] == [
        (schedule.id, schedule.slug, False, schedule.schedule)
    ]
    ignored = {"updated", "schedules", "version", "version_id", "version_info", "status", "last_polled"}
    assert after.model_dump(exclude=ignored) == before.model_dump(exclude=ignored)


def test_a_run_loads_the_tables_and_a_second_changes_nothing(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Completed" in deployed.run("-p", f"run_date={DAY}")
    first = deployed.warehouse.tables()
    assert {table: len(rows) for table, rows in first.items()} == {
        "customer": 21,
        "customer_address": 18,
        "date_dim": 1,
        "item": 15,
        "store_sales": 14,
    }
    assert {row[0] for row in first["store_sales"]} == {20261122}

    again = started({"run_date": DAY})
    until(lambda: state_of(again) == "Completed", 120)
    assert deployed.warehouse.tables() == first
    statements = deployed.warehouse.statements()
    assert len(statements) == 2 * len(STEPS)
    assert {statement["Status"] for statement in statements} == {"FINISHED"}

    # The state machine leaves the same, row for row, in a database of its own.
    for name, value in deployed.aws.items():
        monkeypatch.setenv(name, value)
    deployed.warehouse.run("create database parity")
    machine = Machine("parity")
    assert machine.run({"run_date": DAY, "setup": "if_missing"})["status"] == "SUCCEEDED"
    assert Warehouse(deployed.warehouse.data_api, "parity").tables() == first
    machine.close()


def test_a_cancelled_run_leaves_nothing_running_and_the_one_that_waits_for_it_keeps_its_date(
    deployed: Deployed, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    parameters = {"run_date": DAY, "scripts": str(slow_scripts(tmp_path, LOAD))}
    run_id = started(parameters)
    deployed.warehouse.wait_for_running(LOAD, 90)
    scheduled: State[None] = Scheduled(scheduled_time=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    next_id = started({"timezone": "Europe/Berlin"}, state=scheduled)
    until(lambda: state_of(next_id) == "AwaitingConcurrencySlot", 60)

    ask(lambda client: client.set_flow_run_state(run_id, Cancelling()))
    asked = time.monotonic()
    until(lambda: not deployed.warehouse.running(), 30)
    statement_ended = time.monotonic() - asked
    until(lambda: state_of(run_id) == "Cancelled", 60)
    run_ended = time.monotonic() - asked
    record_property(
        "cancelled", f"statement ended after {statement_ended:.1f} s, run after {run_ended:.1f} s"
    )
    slow = [s for s in deployed.warehouse.statements() if str(run_id) in s["StatementName"]]
    assert [s["Status"] for s in slow if LOAD in s["StatementName"]] == ["ABORTED"]

    until(lambda: state_of(next_id) == "Completed", 120)
    assert sales_of(deployed, 20261120) == 14


def test_a_backfill_loads_the_days_that_are_missing_and_a_second_none(deployed: Deployed) -> None:
    days = ("-p", "from_date=2026-11-19", "-p", "to_date=2026-11-22")
    assert "Completed" in deployed.run(*days, deployment=BACKFILL)
    assert [sales_of(deployed, day) for day in range(20261119, 20261123)] == [14] * 4
    before = deployed.warehouse.tables()
    assert "Completed" in deployed.run(*days, deployment=BACKFILL)
    assert deployed.warehouse.tables() == before
    loads = [
        s for s in deployed.warehouse.statements("sales-backfill/") if "/load_days_" in s["StatementName"]
    ]
    assert [s["Status"] for s in loads] == ["FINISHED"]  # of the first run


def test_a_schedule_fires_once_by_itself_with_the_date_in_its_zone(deployed: Deployed) -> None:
    due = (datetime.now(UTC) + timedelta(seconds=90)).replace(second=0, microsecond=0)
    # The one in which it is another day than here.
    zone = "Pacific/Kiritimati" if due.hour >= 10 else "Pacific/Pago_Pago"
    there = due.astimezone(ZoneInfo(zone))
    assert there.date() != due.date()
    soon = DeploymentScheduleCreate(
        schedule=CronSchedule(cron=f"{there.minute} {there.hour} {there.day} {there.month} *", timezone=zone),
        slug="soon",
        parameters={"timezone": zone},
    )
    deployment_id = deployment().id
    [schedule] = ask(lambda client: client.create_deployment_schedules(deployment_id, [soon]))
    try:
        until(lambda: "Completed" in fired(due), 240, pause=1)
    finally:
        # And with it, what it has scheduled for the years to come.
        ask(lambda client: client.delete_deployment_schedule(deployment_id, schedule.id))
    assert fired(due) == ["Completed"]
    assert sales_of(deployed, int(f"{there:%Y%m%d}")) == 14
    assert sales_of(deployed, int(f"{due:%Y%m%d}")) == 0


def fired(due: datetime) -> list[str | None]:
    """Return the states of the runs that a schedule has made for that time."""
    then = FlowRunFilter.model_validate({"expected_start_time": {"after_": due, "before_": due}})
    runs = ask(lambda client: client.read_flow_runs(flow_run_filter=then))
    return [run.state_name for run in runs if run.auto_scheduled]


def sales_of(deployed: Deployed, day: int) -> int:
    """How many sales of a day, such as 20261122, the warehouse holds."""
    query = f"select count(*) from store_sales where ss_sold_date_sk = {day}"
    return int(deployed.warehouse.rows(query)[0][0])


def test_whatever_was_brought_up_listens_on_loopback_only(deployed: Deployed) -> None:
    found: dict[str, set[str]] = {}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            ends = process.net_connections("inet")
            found[" ".join(process.cmdline())] = {c.laddr.ip for c in ends if c.status == psutil.CONN_LISTEN}
    for name in ("local_aws", "prefect server"):
        assert [addresses for command, addresses in found.items() if name in command and addresses]
    assert set().union(*found.values()) == {"127.0.0.1"}, found


def test_a_run_by_hand_uses_the_server_that_is_up(deployed: Deployed) -> None:
    state = Path(deployed.variables["PREFECT_HOME"]).parent
    variables = {k: v for k, v in deployed.variables.items() if not k.startswith(("PREFECT_", "AWS_"))}
    done = subprocess.run(
        [sys.executable, "-m", "flows.sales_data_pipeline", "--state-folder", str(state)],
        cwd=PROJECT_FOLDER,
        env={**variables, **deployed.aws, **NAMES, "PREFECT_HOME": str(state / "of-a-person")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    address = deployed.up.api_url.removesuffix("/api")
    assert f"Using the Prefect server that is up: {address}." in done.stdout
    run = latest_run()
    assert (run.deployment_id, run.state_name) == (None, "Completed")
    assert deployed.warehouse.statements(f"sales-data-pipeline/{run.id}/")


def test_a_second_one_in_the_same_folder_is_refused(deployed: Deployed) -> None:
    state = Path(deployed.variables["PREFECT_HOME"]).parent
    done = subprocess.run(
        [sys.executable, "-m", "prefect_redshift.local", "--state-folder", str(state)],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"error: It is up already with its state in .+: stop that one, or .+\.\n", done.stderr
    )
    assert deployment().name == "daily"  # and the first is still up


# The last one: it ends what the others use.
def test_runs_of_a_killed_worker_are_crashed_and_their_slots_are_free(
    deployed: Deployed, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    was_running, was_pending, was_waiting = kill_the_worker(deployed, tmp_path)
    killed = time.monotonic()
    # The process of the run, which had outlived its worker, has ended its statement.
    loads = [s for s in deployed.warehouse.statements() if f"{was_running}/{LOAD}/" in s["StatementName"]]
    assert [s["Status"] for s in loads] == ["ABORTED"]

    with deployed.up_again():
        until(lambda: [state_of(was_running), state_of(was_pending)] == ["Crashed", "Crashed"], 60)
        until(lambda: state_of(was_waiting) == "Completed", 240)
        seconds = time.monotonic() - killed
        next_backfill = started({"from_date": "2026-10-01", "to_date": "2026-10-02"}, of=BACKFILL)
        until(lambda: state_of(next_backfill) == "Completed", 240)
    record_property("after kill -9 of the worker", f"the next run had loaded its day {seconds:.0f} s later")
    october = (
        "select distinct ss_sold_date_sk from store_sales where ss_sold_date_sk between 20261001 and 20261031"
    )
    assert deployed.warehouse.rows(f"{october} order by 1") == [(20261001,), (20261002,), (20261021,)]
