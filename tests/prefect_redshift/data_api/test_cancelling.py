"""What is cancelled ends, however the service answers; what is not known to have ended is told as that."""

import asyncio
import logging
import time
from typing import Any

import pytest

from local_aws import Admin
from prefect_redshift.blocks.cancelled_here import cancelled_here
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.cancelling.cancellation import Unconfirmed
from prefect_redshift.data_api.listener import Listener
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import StatementTimeoutError, StillRunningError
from tests.history import History
from tests.prefect_redshift.odd_endpoint import drips_a_body, odd_endpoint, says, says_nothing
from tests.statements import eventually, in_time

pytestmark = pytest.mark.anyio
SLOW = "select pg_sleep(60)"
# Only against hanging: a cancellation takes 5 seconds, a loaded machine some more.
LONGEST = 15.0


async def cancelled_when_started(warehouse: RedshiftDataApi, history: History, name: str = "load") -> None:
    """Cancel the task that runs a statement, once the engine runs it."""
    task = asyncio.create_task(warehouse.run(SLOW, name=name))
    await in_time(lambda: history.has_started(name))
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < LONGEST


async def submitting(warehouse: RedshiftDataApi, history: History) -> "asyncio.Task[Statement]":
    """Start a task that runs a statement, and return it once its request has arrived, where a fault holds it."""
    task = asyncio.create_task(warehouse.run(SLOW, name="load"))
    await in_time(lambda: history.calls("ExecuteStatement"))
    return task


async def statuses(warehouse: RedshiftDataApi, name: str) -> list[str]:
    return [statement.status async for statement in warehouse.list_statements(name)]


@pytest.mark.usefixtures("time_to_cancel")
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "code": "ValidationException", "message": "Query is not running.", "count": 2},
        {"kind": "throttle", "count": 2},
        {"kind": "drop_after", "count": 1},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_a_cancellation_that_is_refused_is_asked_for_again(
    warehouse: RedshiftDataApi, admin: Admin, history: History, fault: dict[str, Any]
) -> None:
    admin.add_fault(operation="CancelStatement", **fault)
    await cancelled_when_started(warehouse, history, name=fault["kind"])
    assert await statuses(warehouse, fault["kind"]) == ["ABORTED"]
    assert [statement.status for statement in cancelled_here(f"{fault['kind']}/").confirmed] == ["ABORTED"]


async def test_a_statement_that_has_not_started_is_cancelled_by_its_own_operation_too(
    warehouse: RedshiftDataApi, admin: Admin
) -> None:
    running = await warehouse.execute_statement(SLOW, name="load")
    admin.add_fault("error", operation="CancelStatement", code="ValidationException", count=2)
    assert await warehouse.cancel_statement(running)
    await warehouse.wait(running)
    assert await statuses(warehouse, "load") == ["ABORTED"]


@pytest.mark.usefixtures("time_to_cancel")
async def test_a_submission_that_is_answered_late_leaves_nothing(
    warehouse: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("latency", operation="ExecuteStatement", seconds=3600, count=1)
    task = await submitting(warehouse, history)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await statuses(warehouse, "load") == ["ABORTED"]
    late, repeat = history.calls("ExecuteStatement")
    assert (late["outcome"], repeat["outcome"]) == ("pending", "ok")
    admin.clear_faults()
    await in_time(lambda: history.calls("ExecuteStatement")[0]["outcome"] == "ok")
    assert await statuses(warehouse, "load") == ["ABORTED"]


async def test_a_submission_that_nothing_is_known_of_is_told(
    warehouse: RedshiftDataApi, admin: Admin, history: History, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    admin.add_fault("latency", operation="ExecuteStatement", seconds=3600)
    task = await submitting(warehouse, history)
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < LONGEST
    told = [message for message in caplog.messages if "may still run" in message]
    assert len(told) == 1
    assert "See `aws redshift-data list-statements --status ALL --statement-name load/1/" in told[0]
    # It arrives after all, and the command that was told finds it.
    admin.clear_faults()
    await in_time(lambda: history.has_started("load"))
    outcome = await warehouse.cancel_statements("load", seconds=60.0)
    assert [statement.status for statement in outcome.confirmed] == ["ABORTED"]


async def test_a_cancellation_that_fails_throughout_is_told_as_that(
    warehouse: RedshiftDataApi, admin: Admin, history: History, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    admin.add_fault("throttle", operation="CancelStatement")
    await cancelled_when_started(warehouse, history, "stuck")
    _, run = history.calls("ExecuteStatement")
    told = [message for message in caplog.messages if "stuck/1" in message]
    assert len(told) == 1
    assert told[0].startswith(f"{run['statement_name']} ({run['statement_id']}) may still run: ")
    assert told[0].endswith(f"See `aws redshift-data describe-statement --id {run['statement_id']}`.")
    here = cancelled_here("stuck/")
    assert [str(unconfirmed) for unconfirmed in here.unconfirmed] == told
    assert here.confirmed == ()
    outcome = await warehouse.cancel_statements("stuck", seconds=2.0)
    assert outcome.confirmed == ()
    assert [unconfirmed.id for unconfirmed in outcome.unconfirmed] == [run["statement_id"]]
    admin.clear_faults()
    outcome = await warehouse.cancel_statements("stuck")
    assert [statement.status for statement in outcome.confirmed] == ["ABORTED"]
    assert outcome.unconfirmed == ()


async def test_a_list_that_is_throttled_is_asked_for_again(warehouse: RedshiftDataApi, admin: Admin) -> None:
    await warehouse.execute_statement(SLOW, name="load")
    admin.add_fault("throttle", operation="ListStatements", count=3)
    outcome = await warehouse.cancel_statements("load")
    assert [statement.status for statement in outcome.confirmed] == ["ABORTED"]
    assert await statuses(warehouse, "load") == ["ABORTED"]


async def test_a_list_that_fails_throughout_is_told(
    warehouse: RedshiftDataApi, admin: Admin, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.add_fault("throttle", operation="ListStatements")
    # It is given up when there is no time for the next pause: here, the fourth.
    pauses = iter([0.0, 0.0, 0.0, 3600.0])
    monkeypatch.setattr("prefect_redshift.aws.aws_client.backoff", lambda _: next(pauses))
    outcome = await warehouse.cancel_statements("load/", seconds=60.0)
    assert len(history.calls("ListStatements")) == 4
    (unconfirmed,) = outcome.unconfirmed
    assert unconfirmed.name == "load/"
    assert "ThrottlingException" in unconfirmed.reason
    assert unconfirmed.command.endswith("list-statements --status ALL --statement-name load/")


@pytest.mark.parametrize("operation", ["CancelStatement", "ListStatements"])
async def test_a_last_call_that_had_no_time_does_not_hide_what_the_service_has_said(
    warehouse: RedshiftDataApi, admin: Admin, operation: str
) -> None:
    await warehouse.execute_statement(SLOW, name="load")
    admin.add_fault("throttle", operation=operation)
    # Of two seconds the first answer takes three quarters.
    admin.add_fault("latency", operation=operation, seconds=1.5)
    (unconfirmed,) = (await warehouse.cancel_statements("load", seconds=2.0)).unconfirmed
    assert "ThrottlingException: Rate exceeded" in unconfirmed.reason
    admin.clear_faults()
    await warehouse.cancel_statements("load")
    assert await statuses(warehouse, "load") == ["ABORTED"]


async def test_work_does_not_begin_while_its_other_form_cannot_be_ended(
    warehouse: RedshiftDataApi, admin: Admin, history: History
) -> None:
    other = await warehouse.execute_statement(SLOW, name="load/1/0123abcd")
    admin.add_fault("error", operation="CancelStatement", code="AccessDeniedException")
    with pytest.raises(
        StillRunningError, match=f"load/1/0123abcd .* may still run: .*AccessDenied.*{other.id}"
    ):
        await warehouse.run("select 1", name="load")
    assert len(history.calls("ExecuteStatement")) == 1
    admin.clear_faults()
    assert (await warehouse.run("select 1", name="load")).status == "FINISHED"
    assert (await warehouse.describe_statement(other)).status == "ABORTED"


class Told(Listener):
    def __init__(self) -> None:
        self.unconfirmed: list[Unconfirmed] = []

    def cancelled(self, statement: Statement) -> None:
        raise AssertionError(statement)

    def not_cancelled(self, unconfirmed: Unconfirmed) -> None:
        self.unconfirmed.append(unconfirmed)


SUBMITTED = says({"Id": "statement-1"})


@pytest.mark.parametrize("answer", [says_nothing, drips_a_body])
async def test_a_timeout_holds_at_an_endpoint_that_falls_silent(answer: Any) -> None:
    told = Told()
    silent = {"DescribeStatement": answer, "CancelStatement": answer}
    with odd_endpoint(ExecuteStatement=SUBMITTED, **silent) as endpoint:
        began = time.monotonic()
        with pytest.raises(
            StatementTimeoutError, match=r"may still run: .*describe-statement --id statement-1"
        ):
            await endpoint.data_api(told, timeout=1.0).run("select 1")
        assert time.monotonic() - began < 2 * LONGEST
    assert [unconfirmed.id for unconfirmed in told.unconfirmed] == ["statement-1"]


@pytest.mark.parametrize("answer", [says_nothing, drips_a_body])
@pytest.mark.parametrize("submitted", [True, False])
async def test_a_cancellation_ends_at_an_endpoint_that_falls_silent(answer: Any, submitted: bool) -> None:
    told = Told()
    operations = ("DescribeStatement", "CancelStatement", "ListStatements", "ExecuteStatement")
    answers = dict.fromkeys(operations, answer) | ({"ExecuteStatement": SUBMITTED} if submitted else {})
    with odd_endpoint(**answers) as endpoint:
        task = asyncio.create_task(endpoint.data_api(told).run("select 1", name="load", listed=()))
        await in_time(lambda: operations[0 if submitted else 3] in endpoint.asked)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # No thread is left behind that would keep the process alive until its call's deadline.
        await asyncio.to_thread(eventually, lambda: not endpoint.open_calls, 10)
        assert time.monotonic() - began < LONGEST
    (unconfirmed,) = told.unconfirmed
    assert unconfirmed.name.startswith("load/1/")
    assert unconfirmed.id == ("statement-1" if submitted else "")
