"""Statements and sessions are listed whole, those of this connection only."""

import pytest

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.listings import ListedStatement
from prefect_redshift.data_api.running.names import parse
from prefect_redshift.exceptions import StatementFailedError
from tests.history import History


async def test_statements(warehouse: RedshiftDataApi, history: History) -> None:
    for number in range(4):
        await warehouse.run("select :n", {"n": str(number)}, name=f"query-{number}")
    await warehouse.run(["select 1", "select 2"], name="batch")
    with pytest.raises(StatementFailedError):
        await warehouse.run("select 1 / 0", name="query-wrong")

    listed_before = len(history.calls("ListStatements"))
    found = [statement async for statement in warehouse.list_statements("query-", page_size=2)]
    works = [parse(statement.name) for statement in found]
    assert [(name.work, name.attempt) for name in works if name] == [
        (f"query-{name}", 1) for name in ("wrong", "3", "2", "1", "0")
    ]
    assert len(history.calls("ListStatements")) - listed_before == 3
    last = found[-1]
    assert (last.sql, last.parameters, last.status) == (("select :n",), {"n": "0"}, "FINISHED")
    assert "'0'" not in repr(last)
    assert [s.name async for s in warehouse.list_statements(status="FAILED")] == [found[0].name]
    (batch,) = [statement async for statement in warehouse.list_statements("batch")]
    assert (batch.is_batch, batch.sql) == (True, ("select 1", "select 2"))


async def test_statements_of_another_database_are_not_listed(warehouse: RedshiftDataApi) -> None:
    await warehouse.run("select 1", name="here")
    elsewhere = RedshiftDataApi(workgroup_name="local-workgroup", database="dev")
    found: list[ListedStatement] = [s async for s in elsewhere.list_statements("here", role_level=False)]
    assert found == []


async def test_sessions(warehouse: RedshiftDataApi) -> None:
    opened = [
        await warehouse.wait(await warehouse.execute_statement("select 1", session_keep_alive_seconds=60))
        for _ in range(3)
    ]
    found = [session async for session in warehouse.list_sessions(page_size=2)]
    assert {session.id for session in found} == {statement.session_id for statement in opened}
    first = found[0]
    assert (first.status, first.keep_alive_seconds, first.workgroup_name) == (
        "AVAILABLE",
        60,
        "local-workgroup",
    )
    for session in found:
        last = await warehouse.execute_statement(
            "select 1", session_id=session.id, session_keep_alive_seconds=0
        )
        await warehouse.wait(last)
    assert {session.id async for session in warehouse.list_sessions("CLOSED")} == {s.id for s in found}
