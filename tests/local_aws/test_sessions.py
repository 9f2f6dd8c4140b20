"""Sessions: state that lasts, one statement at a time, an end."""

import uuid
from typing import Any

import pytest

from local_aws import Admin
from tests.statements import Statements, eventually

NOT_AVAILABLE = "Session is not available$"


def opened(statements: Statements, sql: str = "create temp table mine (n int)", keep_alive: int = 60) -> str:
    """Open a session with a first statement and return its id."""
    started = statements.api.execute_statement(
        **statements.where, Sql=sql, SessionKeepAliveSeconds=keep_alive, WaitTimeSeconds=30
    )
    assert started["Status"] == "FINISHED"
    session: str = started["SessionId"]
    return session


def in_session(statements: Statements, session: str, sql: str) -> dict[str, Any]:
    """Run a statement in a session and return its description."""
    return statements.ended(statements.api.execute_statement(SessionId=session, Sql=sql)["Id"])


def shown(statements: Statements, session: str) -> dict[str, Any]:
    """Return a session as ListSessions shows it."""
    found: dict[str, Any] = statements.api.list_sessions(SessionId=session)["Sessions"][0]
    return found


def test_temporary_tables_last_for_the_session_only(statements: Statements) -> None:
    session = opened(statements)
    assert in_session(statements, session, "insert into mine values (1)")["Status"] == "FINISHED"
    assert in_session(statements, session, "select * from mine")["ResultRows"] == 1
    assert statements.run("select * from mine")["Status"] == "FAILED"


def test_without_a_session_nothing_lasts(statements: Statements) -> None:
    statements.run("create temp table mine (n int)")
    assert statements.run("select * from mine")["Status"] == "FAILED"


def test_a_busy_session_refuses_a_second_statement(statements: Statements) -> None:
    session = opened(statements)
    request = {"SessionId": session, "Sql": "select pg_sleep(60)", "ClientToken": session}
    running = statements.api.execute_statement(**request)["Id"]
    with pytest.raises(statements.api.exceptions.ValidationException, match=NOT_AVAILABLE):
        statements.api.execute_statement(SessionId=session, Sql="select 1")
    # Not even the same request once more is answered.
    with pytest.raises(statements.api.exceptions.ValidationException, match=NOT_AVAILABLE):
        statements.api.execute_statement(**request)
    assert (shown(statements, session)["Status"], shown(statements, session)["CurrentStatementId"]) == (
        "BUSY",
        running,
    )
    statements.api.cancel_statement(Id=running)
    assert statements.ended(running)["Status"] == "ABORTED"
    assert statements.api.execute_statement(**request)["Id"] == running
    assert in_session(statements, session, "select 1 from mine")["Status"] == "FINISHED"


def test_a_session_ends_when_its_time_is_over(statements: Statements) -> None:
    session = opened(statements, keep_alive=1)
    eventually(lambda: shown(statements, session)["Status"] == "CLOSED")
    with pytest.raises(statements.api.exceptions.ValidationException, match=NOT_AVAILABLE):
        statements.api.execute_statement(SessionId=session, Sql="select 1")


def test_a_session_that_never_was(statements: Statements) -> None:
    unknown = str(uuid.uuid4())
    with pytest.raises(
        statements.api.exceptions.ValidationException, match=f"Session with Id: {unknown} is invalid"
    ):
        statements.api.execute_statement(SessionId=unknown, Sql="select 1")
    with pytest.raises(statements.api.exceptions.ResourceNotFoundException):
        statements.api.list_sessions(SessionId=unknown)


def test_list_sessions_filters(statements: Statements) -> None:
    session = opened(statements)
    database = statements.where["Database"]
    listed = statements.api.list_sessions(Database=database)["Sessions"]
    assert [(entry["SessionId"], entry["Status"], entry["SessionAliveSeconds"]) for entry in listed] == [
        (session, "AVAILABLE", 60)
    ]
    assert listed[0]["SessionTtl"] > listed[0]["CreatedAt"]
    assert statements.api.list_sessions(Database=database, Status="CLOSED")["Sessions"] == []
    assert statements.api.list_sessions(WorkgroupName="local-workgroup", Database=database)["Sessions"] == []
    with pytest.raises(
        statements.api.exceptions.ValidationException, match="can not be provided with SessionId"
    ):
        statements.api.list_sessions(SessionId=session, Status="BUSY")


def test_too_many_sessions(statements: Statements, admin: Admin) -> None:
    admin.add_fault("session_limit", limit=0, statement_name="limited")
    with pytest.raises(statements.api.exceptions.ActiveSessionsExceededException):
        statements.start("select 1", StatementName="limited", SessionKeepAliveSeconds=10)


@pytest.fixture(autouse=True)
def end_sessions(statements: Statements) -> Any:
    """Close the sessions of a test, so that its database can be dropped."""
    yield
    for session in statements.api.list_sessions(Database=statements.where["Database"])["Sessions"]:
        closing = statements.api.execute_statement(
            SessionId=session["SessionId"], Sql="select 1", SessionKeepAliveSeconds=0
        )
        statements.ended(closing["Id"])
