"""How a statement's end is waited for, by the calls that went over the wire."""

import asyncio
import gzip
import json
from collections.abc import Callable, Coroutine, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import botocore
import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import StatementFailedError
from tests.history import History
from tests.statements import Statements, eventually, in_time

pytestmark = pytest.mark.anyio
T = TypeVar("T")


async def sleep_in_the_engine(warehouse: RedshiftDataApi, seconds: float, name: str = "sleep") -> None:
    statement = await warehouse.run(f"select pg_sleep({seconds})", name=name)
    assert statement.status == "FINISHED"


HELD = "gate"


class Gate:
    """A table that nobody can read until it is opened: what reads it runs for so long."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._is_open = False
        statements.run(f"create table {HELD} as select 1")
        self._shut = statements.api.batch_execute_statement(
            **statements.where, Sqls=[f"lock table {HELD}", "select pg_sleep(600)"], StatementName="shut"
        )["Id"]
        # Its first statement has ended when the second one runs.
        eventually(lambda: self._parts()[1]["Status"] == "STARTED")

    def _parts(self) -> Any:
        return self._statements.api.describe_statement(Id=self._shut)["SubStatements"]

    def open(self) -> None:
        """Let through who waits."""
        if not self._is_open:
            self._is_open = True
            self._statements.api.cancel_statement(Id=self._shut)

    async def opened_after(self, work: Coroutine[Any, Any, T], holds: Callable[[], bool]) -> T:
        """Open it once something holds, and return what `work` comes to, which waits for it."""
        task = asyncio.create_task(work)
        await in_time(holds)
        assert not task.done()
        await asyncio.to_thread(self.open)
        return await task


@pytest.fixture
def gate(statements: Statements, admin: Admin) -> Iterator[Gate]:
    shut = Gate(statements)
    admin.clear_history()
    yield shut
    shut.open()


def assert_paced(history: History) -> None:
    """Assert that there is a pause before each look: 0.1 s, a quarter less by its jitter."""
    looks = [call["started_at"] for call in history.calls("DescribeStatement")]
    assert all(later - earlier > 0.07 for earlier, later in pairwise(looks))


def operations(admin: Admin) -> list[str]:
    """Return the calls but those that look for earlier attempts, and what opens a gate."""
    others = ("ListStatements", "CancelStatement")
    return [call["operation"] for call in admin.calls() if call["operation"] not in others]


async def test_a_statement_of_a_second_costs_one_call_and_its_rows_another(
    warehouse: RedshiftDataApi, admin: Admin
) -> None:
    statement = await warehouse.run("select 7 as n from (select pg_sleep(1)) s", name="sleep")
    assert operations(admin) == ["ExecuteStatement"]
    assert (statement.status, statement.is_described) == ("FINISHED", False)
    assert statement.seconds >= 1
    assert [row.n async for row in warehouse.rows(statement)] == [7]
    assert operations(admin) == ["ExecuteStatement", "GetStatementResult"]


async def test_what_is_to_be_described_costs_one_more(warehouse: RedshiftDataApi, admin: Admin) -> None:
    await warehouse.run("create table kept (n integer)")
    admin.clear_history()
    statement = await warehouse.run("insert into kept values (1), (2)", name="load", describe=True)
    assert (statement.rows, statement.is_described) == (2, True)
    assert operations(admin) == ["ExecuteStatement", "DescribeStatement"]
    admin.clear_history()
    batch = ["insert into kept values (3)", "select 1"]
    assert not (await warehouse.run(batch, name="batch", describe=False)).sub_statements
    assert operations(admin) == ["BatchExecuteStatement"]
    assert len((await warehouse.run(batch)).sub_statements) == 2
    assert operations(admin)[1:] == ["BatchExecuteStatement", "DescribeStatement"]


SLOW = "(select pg_sleep(0.5)) s"


def asked_while_it_ran(admin: Admin) -> list[tuple[str, int]]:
    """Return what was asked about the statement before its end, and for how long each of these calls waits."""
    (ran,) = [run for run in admin.executions() if HELD in run["sql"]]
    return sorted(
        (call["operation"], call["wait_seconds"])
        for call in admin.calls()
        if call["operation"].startswith(("Describe", "Get")) and call["started_at"] < ran["ended_at"]
    )


def calls_by_id(admin: Admin) -> int:
    """Return how many calls have asked about a statement, or for its result."""
    return sum(call["operation"].startswith(("Describe", "Get")) for call in admin.calls())


async def test_a_result_that_is_read_ahead_costs_no_call_after_the_end(
    warehouse: RedshiftDataApi, admin: Admin, gate: Gate
) -> None:
    waited = warehouse.run(f"select 7 as n from {HELD}", name="ahead", read_ahead=True)
    statement = await gate.opened_after(waited, lambda: calls_by_id(admin) >= 2)
    assert [row.n async for row in warehouse.rows(statement)] == [7]
    assert (statement.rows, statement.is_described) == (1, True)
    assert asked_while_it_ran(admin) == [("DescribeStatement", 30), ("GetStatementResult", 30)]
    assert len(operations(admin)) == 3


async def test_of_a_batch_the_last_result_is_read_ahead(
    warehouse: RedshiftDataApi, admin: Admin, gate: Gate
) -> None:
    batch = ["select 1 as n", f"select 2 as n from {HELD}"]
    waited = warehouse.run(batch, name="ahead", read_ahead=True, result_format="CSV")
    statement = await gate.opened_after(waited, lambda: calls_by_id(admin) >= 2)
    found = [row.n for part in statement.sub_statements async for row in warehouse.rows(part)]
    assert found == [1, 2]
    assert asked_while_it_ran(admin) == [("DescribeStatement", 30), ("GetStatementResultV2", 30)]
    assert len(operations(admin)) == 4


async def test_of_a_long_result_the_pages_after_the_one_that_was_read_ahead_follow(
    warehouse: RedshiftDataApi, admin: Admin
) -> None:
    sql = "select n, repeat('x', 1000) as text from generate_series(1, 3000) as n order by n"
    statement = await warehouse.run(sql, name="ahead", read_ahead=True)
    for _ in range(2):  # the rows can be read again
        assert [row.n async for row in warehouse.rows(statement)] == list(range(1, 3001))
    reads = [call for call in admin.calls() if call["operation"] == "GetStatementResult"]
    assert [call["wait_seconds"] for call in reads] == [30] + [None] * (len(reads) - 1)
    assert len(reads) > 2


@pytest.mark.parametrize("fault", ["ignore_wait", "drop_before"])
async def test_what_cannot_be_read_ahead_is_read_after_the_end(
    warehouse: RedshiftDataApi, admin: Admin, fault: str
) -> None:
    admin.add_fault(fault, operation="GetStatementResult", count=1)
    statement = await warehouse.run(f"select 7 as n from {SLOW}", name="ahead", read_ahead=True)
    assert [row.n async for row in warehouse.rows(statement)] == [7]


async def test_a_statement_that_fails_while_its_result_is_asked_for(
    warehouse: RedshiftDataApi, admin: Admin
) -> None:
    with pytest.raises(StatementFailedError, match="division by zero"):
        await warehouse.run(f"select 1 / count(*) - 1 / 0 from {SLOW}", name="ahead", read_ahead=True)
    assert all(call["outcome"] != "pending" for call in admin.calls())


async def test_an_error_is_read_by_one_call_more(warehouse: RedshiftDataApi, admin: Admin) -> None:
    with pytest.raises(StatementFailedError, match="division by zero"):
        await warehouse.run("select 1 / 0", name="wrong")
    assert operations(admin) == ["ExecuteStatement", "DescribeStatement"]


async def test_a_result_in_csv_is_read_without_a_description(
    warehouse: RedshiftDataApi, admin: Admin
) -> None:
    statement = await warehouse.run("select 7 as n", name="csv", result_format="CSV")
    assert [row.n async for row in warehouse.rows(statement)] == [7]
    assert operations(admin) == ["ExecuteStatement", "GetStatementResultV2"]


async def test_a_statement_longer_than_a_poll_costs_one_more(
    warehouse: RedshiftDataApi, history: History, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    monkeypatch.setattr("prefect_redshift.data_api.running.in_flight.SUBMISSION_WAIT_SECONDS", 1)
    monkeypatch.setattr("prefect_redshift.data_api.running.waiting.LONGEST_POLL_SECONDS", 1)

    def looks() -> list[dict[str, Any]]:
        return history.calls("DescribeStatement")

    await gate.opened_after(warehouse.run(f"select 1 from {HELD}", name="held"), lambda: len(looks()) >= 2)
    assert [call["wait_seconds"] for call in history.calls("ExecuteStatement")] == [1]
    assert {call["wait_seconds"] for call in looks()} == {1}
    # Each but the last has waited for as long as it may: there is none too many.
    assert all(call["ended_at"] - call["started_at"] > 0.95 for call in looks()[:-1])


async def test_a_submission_waits_no_longer_than_the_statement_may_take(
    warehouse: RedshiftDataApi, history: History
) -> None:
    for timeout in (0.4, 3, 3600):
        await warehouse.run("select 1", timeout=timeout)
    assert [call["wait_seconds"] for call in history.calls("ExecuteStatement")] == [None, 3, 10]


@pytest.mark.parametrize("kind", ["drop_after", "server_error"])
async def test_a_submission_that_was_not_answered_is_repeated_without_a_wait(
    warehouse: RedshiftDataApi, admin: Admin, history: History, kind: str
) -> None:
    admin.add_fault(kind, operation="ExecuteStatement", count=1)
    await sleep_in_the_engine(warehouse, 0.3)
    first, again = history.calls("ExecuteStatement")
    assert first["client_token"] == again["client_token"]
    assert (first["wait_seconds"], again["wait_seconds"]) == (10, None)
    assert len(history.executions("sleep")) == 1


async def test_an_endpoint_that_ignores_long_polls_is_not_spun_on(
    warehouse: RedshiftDataApi, admin: Admin, history: History, gate: Gate
) -> None:
    admin.add_fault("ignore_wait")
    await gate.opened_after(
        warehouse.run(f"select 1 from {HELD}", name="held"),
        lambda: len(history.calls("DescribeStatement")) >= 10,
    )
    assert len(history.calls("ExecuteStatement")) == 1
    assert_paced(history)


async def test_too_many_waiting_requests_fall_back_to_short_polls(
    warehouse: RedshiftDataApi, admin: Admin, history: History, gate: Gate
) -> None:
    admin.add_fault("waiting_limit", limit=0)
    await gate.opened_after(
        warehouse.run(f"select 1 from {HELD}", name="held"),
        lambda: len(history.calls("DescribeStatement")) >= 3,
    )
    for operation in ("ExecuteStatement", "DescribeStatement"):
        refused = [call for call in history.calls(operation) if call["outcome"] != "ok"]
        assert [call["outcome"] for call in refused] == ["ActiveWaitingRequestsExceededException"]
    assert [call["wait_seconds"] for call in history.calls("ExecuteStatement")] == [10, None]
    assert len(history.executions("held")) == 1


async def test_an_endpoint_that_refuses_the_field(
    warehouse: RedshiftDataApi, admin: Admin, history: History
) -> None:
    words = "Unknown parameter: WaitTimeSeconds"
    for operation in ("ExecuteStatement", "DescribeStatement"):
        admin.add_fault("error", operation=operation, code="ValidationException", message=words, count=1)
    await sleep_in_the_engine(warehouse, 1)
    assert [call["wait_seconds"] for call in history.calls("ExecuteStatement")] == [10, None]
    waits = [call["wait_seconds"] for call in history.calls("DescribeStatement")]
    assert waits[0] == 30
    assert set(waits[1:]) == {None}


async def test_a_botocore_whose_model_lacks_the_field(
    warehouse: RedshiftDataApi,
    history: History,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    gate: Gate,
) -> None:
    model_path = "data/redshift-data/2019-12-20/service-2.json.gz"
    model = json.loads(gzip.decompress((Path(botocore.__file__).parent / model_path).read_bytes()))
    for shape in model["shapes"].values():
        shape.get("members", {}).pop("WaitTimeSeconds", None)
    older = tmp_path / "redshift-data" / "2019-12-20" / "service-2.json"
    older.parent.mkdir(parents=True)
    older.write_text(json.dumps(model))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))

    await gate.opened_after(
        warehouse.run(f"select 1 from {HELD}", name="held"),
        lambda: len(history.calls("DescribeStatement")) >= 3,
    )
    for operation in ("ExecuteStatement", "DescribeStatement"):
        assert not warehouse.data_api().connection.client.accepts(operation, "WaitTimeSeconds")
    assert [call["wait_seconds"] for call in history.calls("ExecuteStatement")] == [None]
    assert_paced(history)


async def test_more_statements_than_long_polls(warehouse: RedshiftDataApi) -> None:
    narrow = warehouse.model_copy(update={"max_concurrent_waits": 2})
    async with asyncio.timeout(30):
        await asyncio.gather(*(sleep_in_the_engine(narrow, 1, f"sleep-{n}") for n in range(8)))


async def test_a_wait_that_times_out_leaves_the_statement_alone(warehouse: RedshiftDataApi) -> None:
    submitted = await warehouse.execute_statement("select pg_sleep(3)")
    assert not (await warehouse.wait(submitted, timeout=0.5)).has_ended
    assert (await warehouse.wait(submitted)).status == "FINISHED"
