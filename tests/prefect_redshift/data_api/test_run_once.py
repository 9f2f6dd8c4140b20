"""Named work runs once, whatever happens to the calls, and whoever asks for it again."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.running.recent_ids import RecentIds
from prefect_redshift.exceptions import StatementAbortedError, StatementFailedError
from tests.history import History
from tests.statements import in_time

pytestmark = pytest.mark.anyio
ADD_ONE = "insert into runs values (1)"


@pytest.fixture
async def runs(warehouse: RedshiftDataApi, admin: Admin) -> RedshiftDataApi:
    """A warehouse with a table that counts how often the work was done."""
    await warehouse.run("create table runs (n integer)")
    admin.clear_history()
    return warehouse


async def count(warehouse: RedshiftDataApi) -> int:
    statement = await warehouse.run("select count(*) as n from runs")
    (row,) = [row async for row in warehouse.rows(statement)]
    return int(row.n)


def another_process(warehouse: RedshiftDataApi) -> RedshiftDataApi:
    """Return the same connection without anything that this one remembers."""
    return RedshiftDataApi(workgroup_name=warehouse.workgroup_name, database=warehouse.database)


@pytest.mark.parametrize(
    "kind", ["throttle", "wrapped_throttle", "server_error", "drop_before", "drop_after"]
)
async def test_a_submission_that_fails_or_whose_answer_is_lost_is_made_once(
    runs: RedshiftDataApi, admin: Admin, history: History, kind: str
) -> None:
    admin.add_fault(kind, operation="ExecuteStatement", count=3)
    await runs.run(ADD_ONE, name="load")
    assert len(history.calls("ExecuteStatement")) == 4
    assert await count(runs) == 1


async def test_too_many_active_statements_are_waited_for(runs: RedshiftDataApi, admin: Admin) -> None:
    admin.add_fault("error", operation="ExecuteStatement", code="ActiveStatementsExceededException", count=2)
    await runs.run(ADD_ONE, name="load")
    assert await count(runs) == 1


@pytest.mark.parametrize(
    "kind", ["throttle", "wrapped_throttle", "server_error", "drop_before", "drop_after"]
)
async def test_a_poll_that_fails_does_not_give_the_statement_up(
    runs: RedshiftDataApi, admin: Admin, history: History, kind: str
) -> None:
    admin.add_fault(kind, operation="DescribeStatement", count=3)
    statement = await runs.run("insert into runs select 1 from (select pg_sleep(0.3)) s", name="load")
    assert statement.status == "FINISHED"
    assert len(history.executions("load")) == 1
    assert await count(runs) == 1


async def test_what_finished_is_not_repeated_by_anyone(
    runs: RedshiftDataApi, admin: Admin, history: History
) -> None:
    first = await runs.run(ADD_ONE, name="load")
    assert (await runs.run(ADD_ONE, name="load")).id == first.id
    assert (await another_process(runs).run(ADD_ONE, name="load")).id == first.id
    assert await count(runs) == 1
    # Each asks once what there is; finding it submits nothing.
    assert len(history.calls("ListStatements")) == 3
    assert len(history.executions("load")) == 1


async def test_who_knows_that_nothing_can_be_there_lists_nothing(
    runs: RedshiftDataApi, history: History
) -> None:
    await runs.run(ADD_ONE, name="load", listed=())
    await runs.run(ADD_ONE)
    assert history.calls("ListStatements") == []
    assert await count(runs) == 2


async def test_what_still_runs_is_found_and_awaited(
    runs: RedshiftDataApi, admin: Admin, history: History
) -> None:
    slow = "insert into runs select 1 from (select pg_sleep(1)) s"
    first, second = await asyncio.gather(
        runs.run(slow, name="load"), another_process(runs).run(slow, name="load")
    )
    assert first.id == second.id
    assert len(history.executions("load")) == 1
    assert await count(runs) == 1


async def test_what_failed_is_tried_anew_under_a_new_token(
    runs: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("fail", statement_name="load", count=1, message="ERROR: disk is full")
    with pytest.raises(StatementFailedError, match=r"load/1/\w{8} \(.*\) is FAILED: ERROR: disk is full"):
        await runs.run(ADD_ONE, name="load")
    await runs.run(ADD_ONE, name="load")
    tokens = [call["client_token"] for call in history.calls("ExecuteStatement")]
    assert len(set(tokens)) == len(tokens) == 2
    assert await count(runs) == 1


async def test_what_failed_here_is_tried_anew_by_who_lists_nothing(
    runs: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("fail", statement_name="load", count=1)
    with pytest.raises(StatementFailedError):
        await runs.run(ADD_ONE, name="load", listed=())
    await runs.run(ADD_ONE, name="load", listed=())
    assert await count(runs) == 1


async def test_what_failed_in_a_process_that_died_is_tried_anew_at_once(
    runs: RedshiftDataApi, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.add_fault("fail", statement_name="load", count=1)
    with pytest.raises(StatementFailedError):
        await runs.run(ADD_ONE, name="load")
    monkeypatch.setattr("prefect_redshift.data_api.running.run_once._raised", RecentIds())
    await another_process(runs).run(ADD_ONE, name="load")
    assert await count(runs) == 1


async def test_other_sql_or_other_values_are_other_work(runs: RedshiftDataApi) -> None:
    insert = "insert into runs values (cast(:n as integer))"
    for value in ("1", "2", "2"):
        await runs.run(insert, {"n": value}, name="load")
    await runs.run(ADD_ONE, name="load")
    assert await count(runs) == 3


async def test_without_a_name_each_call_is_work_of_its_own(runs: RedshiftDataApi) -> None:
    await asyncio.gather(*(runs.run(ADD_ONE) for _ in range(3)))
    assert await count(runs) == 3


async def test_another_form_of_the_work_ends_before_this_one_begins(
    runs: RedshiftDataApi, history: History
) -> None:
    slow = "insert into runs select 1 from (select pg_sleep(60)) s"
    first = asyncio.create_task(runs.run(slow, name="load"))
    await in_time(lambda: history.has_started("load"))
    await another_process(runs).run("insert into runs values (1) -- edited", name="load")
    with pytest.raises(StatementAbortedError):
        await first
    assert await count(runs) == 1
    ended, began = sorted(history.executions("load"), key=lambda execution: execution["started_at"])
    assert (ended["status"], began["status"]) == ("ABORTED", "FINISHED")
    assert ended["ended_at"] <= began["started_at"]


async def test_what_comes_after_something_new_is_run_again(runs: RedshiftDataApi) -> None:
    first = await runs.run(ADD_ONE, name="load", after=("a",))
    assert (await runs.run(ADD_ONE, name="load", after=("a",))).id == first.id
    assert (await runs.run(ADD_ONE, name="load", after=("b",))).id != first.id
    assert await count(runs) == 2


async def test_a_second_attempt_that_finished_is_found_after_the_tokens_are_forgotten(
    runs: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("fail", statement_name="load", count=1)
    with pytest.raises(StatementFailedError):
        await runs.run(ADD_ONE, name="load")
    second = await runs.run(ADD_ONE, name="load")
    admin.add_fault("forget_token")
    assert (await another_process(runs).run(ADD_ONE, name="load")).id == second.id
    assert len(history.executions("load")) == 1
    assert await count(runs) == 1


async def test_what_runs_for_longer_than_tokens_are_remembered_is_awaited(
    runs: RedshiftDataApi, admin: Admin, history: History
) -> None:
    slow = "insert into runs select 1 from (select pg_sleep(2)) s"
    admin.add_fault("forget_token")
    first = asyncio.create_task(runs.run(slow, name="load"))
    await in_time(lambda: history.has_started("load"))
    again = await another_process(runs).run(slow, name="load")
    assert again.id == (await first).id
    assert len(history.executions("load")) == 1
    assert await count(runs) == 1


async def test_a_service_whose_clocks_differ_is_not_asked_again_and_again(
    runs: RedshiftDataApi, history: History
) -> None:
    client = await runs.data_api().connection.client.opened()

    def run_ahead(parsed: dict[str, Any], **_: Any) -> None:
        ahead = datetime.now(UTC) + timedelta(seconds=3)
        parsed["ResponseMetadata"]["HTTPHeaders"]["date"] = format_datetime(ahead, usegmt=True)

    client.meta.events.register("after-call.redshift-data.*", run_ahead)
    with pytest.raises(StatementFailedError, match="division by zero"):
        await runs.run("select 1 / 0", name="wrong")
    assert len(history.executions("wrong")) == 1


async def test_an_aborted_statement_is_its_own_error_and_tried_anew(
    runs: RedshiftDataApi, admin: Admin
) -> None:
    admin.add_fault("abort", statement_name="load", count=1, seconds=0.1)
    await runs.run("create table slowness as select 60 as seconds")
    slow = "insert into runs select 1 from (select pg_sleep(max(seconds)) from slowness) s"
    with pytest.raises(StatementAbortedError, match=r"load/1/\w{8} \(.*\) is ABORTED"):
        await runs.run(slow, name="load")
    await runs.run("update slowness set seconds = 0")
    await runs.run(slow, name="load")
    assert await count(runs) == 1


async def test_unknown_statuses_are_no_end(runs: RedshiftDataApi, admin: Admin) -> None:
    admin.add_fault("unknown_status", operation="DescribeStatement", count=2, status="RESTARTING")
    statement = await runs.run(ADD_ONE, name="load")
    assert statement.status == "FINISHED"
    assert await count(runs) == 1


@pytest.mark.parametrize("seed", range(5))
async def test_thirty_per_cent_of_all_calls_failing(
    runs: RedshiftDataApi, admin: Admin, history: History, seed: int
) -> None:
    for place, kind in enumerate(("throttle", "server_error", "drop_before", "drop_after")):
        admin.add_fault(kind, probability=0.085, seed=10 * seed + place)
    names = [f"step-{n}" for n in range(12)]
    results: list[Any] = await asyncio.gather(*(runs.run(ADD_ONE, name=name) for name in names))
    admin.clear_faults()
    assert {statement.status for statement in results} == {"FINISHED"}
    executed = [execution["statement_name"] for execution in history.executions("step-")]
    assert sorted(name.rpartition("/")[0] for name in executed) == sorted(f"{name}/1" for name in names)
    assert await count(runs) == 12
