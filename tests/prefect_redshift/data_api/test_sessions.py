"""A session keeps its temporary tables, runs one statement at a time, and says when the service has let it go."""

import asyncio
from typing import Any

import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.sessions import Session
from prefect_redshift.exceptions import SessionLostError, StatementFailedError
from tests.history import History
from tests.statements import in_time

STAGE = "create temp table staged as select 1 as n"
ADD = "insert into staged select max(n) + 1 from staged"


async def rows(warehouse: RedshiftDataApi, session: Session, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) async for row in warehouse.rows(await session.run(sql))]


async def status(warehouse: RedshiftDataApi, session_id: str | None) -> str:
    for wanted in ("AVAILABLE", "BUSY", "CLOSED"):
        async for session in warehouse.list_sessions(wanted):
            if session.id == session_id:
                return session.status
    return "unknown"


async def closes(warehouse: RedshiftDataApi, session_id: str | None) -> None:
    """Wait until the session is closed; the bound is only against hanging."""
    for _ in range(500):
        if await status(warehouse, session_id) == "CLOSED":
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the session stays open")


async def close(warehouse: RedshiftDataApi, session_id: str | None) -> None:
    """Do what the service does when the keep-alive time is over."""
    last = await warehouse.execute_statement(
        "select 1", session_id=session_id, session_keep_alive_seconds=0, name=f"close/{session_id}"
    )
    await warehouse.wait(last)
    assert await status(warehouse, session_id) == "CLOSED"


async def test_temporary_tables_live_until_it_is_left(warehouse: RedshiftDataApi) -> None:
    async with warehouse.session() as session:
        await session.run(STAGE)
        await session.run(["insert into staged values (:n)", "delete from staged where n = 1"], {"n": "7"})
        assert await rows(warehouse, session, "select n from staged") == [(7,)]
        assert await status(warehouse, session.id) == "AVAILABLE"
        with pytest.raises(StatementFailedError, match="does not exist"):
            await warehouse.run("select n from staged")
    await closes(warehouse, session.id)


async def test_it_is_not_opened_for_nothing(warehouse: RedshiftDataApi, history: History) -> None:
    async with warehouse.session() as session:
        pass
    assert session.id is None
    assert history.calls("ExecuteStatement") == []


async def test_it_runs_one_statement_at_a_time(warehouse: RedshiftDataApi, admin: Admin) -> None:
    async with warehouse.session() as session:
        await session.run(STAGE)
        await asyncio.gather(*(session.run(ADD) for _ in range(5)))
        assert await rows(warehouse, session, "select max(n) from staged") == [(6,)]
    # None was refused because another one was running.
    calls = admin.calls(operation="ExecuteStatement")
    assert {call["outcome"] for call in calls} == {"ok"}
    # A busy session refuses the repeat that would tell the Id of a statement whose submission waits.
    assert {call["wait_seconds"] for call in calls} == {None}


async def test_a_failed_statement_leaves_the_session_as_it_was(warehouse: RedshiftDataApi) -> None:
    async with warehouse.session() as session:
        with pytest.raises(StatementFailedError, match="division by zero"):
            await session.run("select 1 / 0")
        first = session.id
        await session.run(STAGE)
        with pytest.raises(StatementFailedError, match="division by zero"):
            await session.run("select 1 / 0")
        assert await rows(warehouse, session, "select n from staged") == [(1,)]
        assert session.id == first is not None


@pytest.mark.parametrize("kind", ["throttle", "server_error", "drop_after"])
async def test_a_lost_answer_is_not_work_done_twice(
    warehouse: RedshiftDataApi, admin: Admin, kind: str
) -> None:
    async with warehouse.session() as session:
        admin.add_fault(kind, operation="ExecuteStatement", count=1)
        await session.run(STAGE)
        admin.add_fault(kind, operation="ExecuteStatement", count=1)
        await session.run(ADD)
        assert await rows(warehouse, session, "select n from staged order by n") == [(1,), (2,)]


async def test_named_work_is_done_once_in_a_session(warehouse: RedshiftDataApi) -> None:
    async with warehouse.session() as session:
        await session.run(STAGE, name="stage")
        first = await session.run(ADD, name="add")
        assert (await session.run(ADD, name="add")).id == first.id
        assert await rows(warehouse, session, "select max(n) from staged") == [(2,)]


async def test_work_whose_process_died_is_joined_where_it_is(warehouse: RedshiftDataApi) -> None:
    dead = Session(warehouse.data_api().connection, 60)
    await dead.run(STAGE, name="stage")
    await dead.run(ADD, name="add")
    async with warehouse.session() as session:
        await session.run(STAGE, name="stage")
        await session.run(ADD, name="add")
        assert session.id == dead.id
        assert await rows(warehouse, session, "select max(n) from staged") == [(2,)]


async def test_work_whose_session_is_gone_begins_anew(warehouse: RedshiftDataApi) -> None:
    for _ in range(3):
        session = Session(warehouse.data_api().connection, 60)
        await session.run(STAGE, name="stage")
        await session.run(ADD, name="add")
        assert await rows(warehouse, session, "select max(n) from staged") == [(2,)]
        await close(warehouse, session.id)


async def test_a_session_that_the_service_closed_is_lost(warehouse: RedshiftDataApi) -> None:
    async with warehouse.session(keep_alive_seconds=60) as session:
        await session.run(STAGE)
        await close(warehouse, session.id)
        for _ in range(2):
            with pytest.raises(SessionLostError, match=f"Session {session.id} is closed, and its temporary"):
                await session.run(ADD)


async def test_a_session_in_which_nothing_was_done_is_replaced(warehouse: RedshiftDataApi) -> None:
    async with warehouse.session() as session:
        with pytest.raises(StatementFailedError):
            await session.run("select 1 / 0")
        closed = session.id
        await close(warehouse, closed)
        await session.run(STAGE)
        assert session.id != closed
        assert await rows(warehouse, session, "select n from staged") == [(1,)]


@pytest.mark.usefixtures("time_to_cancel")
async def test_who_is_cancelled_cancels_the_statement_and_leaves(
    warehouse: RedshiftDataApi, history: History
) -> None:
    sessions: list[Session] = []

    async def work() -> None:
        async with warehouse.session() as session:
            sessions.append(session)
            await session.run(STAGE)
            await session.run("select pg_sleep(60)", name="long")

    task = asyncio.create_task(work())
    await in_time(lambda: history.has_started("long"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (run,) = history.executions("long")
    assert run["status"] == "ABORTED"
    await closes(warehouse, sessions[0].id)


async def test_a_session_that_another_process_uses_is_waited_for(warehouse: RedshiftDataApi) -> None:
    async with warehouse.session() as session:
        await session.run(STAGE)
        other = await warehouse.execute_statement("select pg_sleep(0.5)", session_id=session.id)
        await session.run(ADD)
        assert (await warehouse.describe_statement(other)).status == "FINISHED"
        assert await rows(warehouse, session, "select max(n) from staged") == [(2,)]


@pytest.mark.parametrize("seconds", [0, 86_401])
async def test_keep_alive_has_bounds(warehouse: RedshiftDataApi, seconds: int) -> None:
    with pytest.raises(ValueError, match="1 to 86400"):
        async with warehouse.session(seconds):
            pass
