"""The flow as a deployment: real commands on a real server, with a real worker."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import psutil
from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.states import Cancelling

from tests.e2e.conftest import Deployed
from tests.flows.test_command_line import slow_scripts
from tests.flows.test_sales_data_pipeline import STEPS

DAY = "2026-11-22"
DEPLOYMENT = "sales-data-pipeline/daily"

T = TypeVar("T")


def ask(question: Callable[[PrefectClient], Awaitable[T]]) -> T:
    """What Prefect's API answers."""

    async def asked() -> T:
        async with get_client() as client:
            return await question(client)

    return asyncio.run(asked())


def deployment() -> DeploymentResponse:
    return ask(lambda client: client.read_deployment_by_name(DEPLOYMENT))


def test_deploying_again_changes_nothing_and_starts_nothing_that_is_paused(deployed: Deployed) -> None:
    before = deployment()
    (schedule,) = before.schedules
    assert (schedule.slug, schedule.active) == ("every-morning", True)
    assert isinstance(schedule.schedule, CronSchedule)
    assert schedule.schedule.timezone == before.parameters["timezone"]
    assert before.global_concurrency_limit is not None
    assert before.global_concurrency_limit.limit == 1
    assert "/" not in str(before.pull_steps)  # nobody's path

    deployed.prefect("deployment", "schedule", "pause", DEPLOYMENT, str(schedule.id))
    deployed.prefect("--no-prompt", "deploy", "--all")
    after = deployment()
    assert after.id == before.id
    assert [(s.id, s.slug, s.active, s.schedule) for s in after.schedules] == [
        (schedule.id, schedule.slug, False, schedule.schedule)
    ]
    ignored = {"updated", "schedules", "version", "version_id", "version_info", "status", "last_polled"}
    assert after.model_dump(exclude=ignored) == before.model_dump(exclude=ignored)


def test_a_run_loads_the_tables_and_a_second_changes_nothing(deployed: Deployed) -> None:
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

    assert "Completed" in deployed.run("-p", f"run_date={DAY}")
    assert deployed.warehouse.tables() == first
    statements = deployed.warehouse.statements()
    assert len(statements) == 2 * len(STEPS)
    assert {statement["Status"] for statement in statements} == {"FINISHED"}


def test_a_cancelled_run_leaves_nothing_running(
    deployed: Deployed, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    parameters = {"run_date": DAY, "scripts": str(slow_scripts(tmp_path, "run_load_fact_sales"))}
    run_id = started(parameters)
    deployed.warehouse.wait_for_running("run_load_fact_sales", 90)
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
    assert [s["Status"] for s in slow if "run_load_fact_sales" in s["StatementName"]] == ["ABORTED"]


def started(parameters: dict[str, Any]) -> UUID:
    """The id of a new run."""
    deployment_id = deployment().id
    run = ask(lambda client: client.create_flow_run_from_deployment(deployment_id, parameters=parameters))
    return run.id


def state_of(run_id: UUID) -> str | None:
    return ask(lambda client: client.read_flow_run(run_id)).state_name


def until(holds: Callable[[], bool], seconds: float) -> None:
    """Waits until it holds; fails the test if it does not."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.1)


def test_whatever_was_brought_up_listens_on_loopback_only(deployed: Deployed) -> None:
    found: dict[str, set[str]] = {}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            ends = process.net_connections("inet")
            found[" ".join(process.cmdline())] = {c.laddr.ip for c in ends if c.status == psutil.CONN_LISTEN}
    for name in ("local_aws", "prefect server"):
        assert [addresses for command, addresses in found.items() if name in command and addresses]
    assert set().union(*found.values()) == {"127.0.0.1"}, found
