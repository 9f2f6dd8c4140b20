"""Whoever stops waiting for a statement cancels it, and reads how it ended."""

import asyncio
import logging

import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.cancelling import lost_submission
from prefect_redshift.data_api.cancelling.cancellation import Cancellation
from prefect_redshift.exceptions import StatementTimeoutError
from tests import time_to_cancel
from tests.history import History
from tests.statements import in_time

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("time_to_cancel")]
SLOW = "select pg_sleep(60)"


def statuses(history: History, name: str) -> list[str]:
    return [execution["status"] for execution in history.executions(name)]


async def started(history: History, name: str) -> None:
    """Wait until the engine runs a statement of that name."""
    await in_time(lambda: history.has_started(name))


async def test_a_cancelled_task_cancels_its_statement(
    warehouse: RedshiftDataApi, history: History, caplog: pytest.LogCaptureFixture
) -> None:
    """While its submission waits, its Id is known to nobody: the same request without a wait tells it."""
    caplog.set_level(logging.INFO)
    task = asyncio.create_task(warehouse.run(SLOW, name="load"))
    await started(history, "load")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (execution,) = history.executions("load")
    assert execution["status"] == "ABORTED"
    assert [message for message in caplog.messages if "load" in message] == [
        f"Cancelled {execution['statement_name']} ({execution['statement_id']}): it ended ABORTED"
    ]
    first, repeat = history.calls("ExecuteStatement")
    assert first["client_token"] == repeat["client_token"]
    assert (first["wait_seconds"], repeat["wait_seconds"]) == (10, None)
    assert len(history.calls("CancelStatement")) == 1


async def test_a_statement_that_outlasts_its_submission_is_cancelled_by_its_id(
    warehouse: RedshiftDataApi, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prefect_redshift.data_api.running.in_flight.SUBMISSION_WAIT_SECONDS", 1)
    task = asyncio.create_task(warehouse.run(SLOW, name="load"))
    await in_time(lambda: history.calls("DescribeStatement"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert statuses(history, "load") == ["ABORTED"]
    assert len(history.calls("ExecuteStatement")) == 1


async def test_cancelling_again_and_again_does_not_cut_the_cancellation_short(
    warehouse: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("latency", operation="CancelStatement", seconds=0.5)
    task = asyncio.create_task(warehouse.run(SLOW, name="load"))
    await started(history, "load")
    while not task.done():
        task.cancel()
        await asyncio.sleep(0.02)
    assert statuses(history, "load") == ["ABORTED"]


async def test_cancelled_while_it_is_being_submitted(
    warehouse: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("latency", operation="ExecuteStatement", seconds=3600)
    task = asyncio.create_task(warehouse.run(SLOW, name="load"))
    await in_time(lambda: history.calls("ExecuteStatement"))
    task.cancel()
    # To learn its Id, the submission is repeated; neither is answered until now.
    await in_time(lambda: len(history.calls("ExecuteStatement")) == 2)
    assert statuses(history, "load") == []
    admin.clear_faults()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [statement.status async for statement in warehouse.list_statements("load")] == ["ABORTED"]
    assert set(statuses(history, "load")) <= {"ABORTED"}  # it may have been cancelled before it was run
    assert await warehouse.cancel_statements("load") == Cancellation()


async def test_cancelled_after_the_answer_to_its_submission_was_lost(
    warehouse: RedshiftDataApi, admin: Admin, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its repeats are not answered either: after two seconds of them it is looked for in the list.
    monkeypatch.setattr(lost_submission, "_SECONDS_TO_CANCEL", time_to_cancel.SECONDS - 2.0)
    admin.add_fault("drop_after", operation="ExecuteStatement")
    task = asyncio.create_task(warehouse.run(SLOW, name="load"))
    await started(history, "load")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert statuses(history, "load") == ["ABORTED"]


async def test_a_timeout_cancels_confirms_and_raises(warehouse: RedshiftDataApi, history: History) -> None:
    with pytest.raises(StatementTimeoutError, match=r"load/1/\w{8} \(.*\) is ABORTED") as failure:
        await warehouse.run(SLOW, name="load", timeout=1)
    assert failure.value.statement.status == "ABORTED"
    assert statuses(history, "load") == ["ABORTED"]


async def test_an_exception_in_user_code_cancels_what_is_in_flight(
    warehouse: RedshiftDataApi, history: History
) -> None:
    async def failing() -> None:
        await started(history, "load")
        raise ValueError("user code")

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(warehouse.run(SLOW, name="load"))
            group.create_task(failing())

    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        await both()
    assert statuses(history, "load") == ["ABORTED"]


async def test_what_a_dead_process_left_is_cancelled_by_name(
    warehouse: RedshiftDataApi, admin: Admin
) -> None:
    for name in ("mine/a", "mine/b", "other/c"):
        await warehouse.execute_statement(SLOW, name=name)
    cancelled = await warehouse.cancel_statements("mine/")
    assert sorted((statement.name, statement.status) for statement in cancelled.confirmed) == [
        ("mine/a", "ABORTED"),
        ("mine/b", "ABORTED"),
    ]
    assert cancelled.unconfirmed == ()
    assert [s.name for s in (await warehouse.cancel_statements("other/")).confirmed] == ["other/c"]


async def test_cancelling_what_has_ended_is_no_error(warehouse: RedshiftDataApi) -> None:
    await warehouse.run("select 1", name="done")
    assert await warehouse.cancel_statements("done") == Cancellation()


async def test_what_was_refused_or_has_not_had_its_turn_is_not_submitted_to_be_cancelled(
    warehouse: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("throttle", operation="ExecuteStatement")
    tasks = [asyncio.create_task(warehouse.run(SLOW, name=f"load-{n}", listed=())) for n in range(40)]
    await in_time(lambda: len(history.calls("ExecuteStatement")) >= 5)
    for task in tasks:
        task.cancel()
    assert all(
        isinstance(e, asyncio.CancelledError) for e in await asyncio.gather(*tasks, return_exceptions=True)
    )
    asked = len(history.calls("ExecuteStatement"))
    admin.clear_faults()
    await asyncio.sleep(0.5)
    assert len(history.calls("ExecuteStatement")) == asked
    assert history.executions("load") == []
