"""Several writers at once: table-level write locks, snapshots, and no deadlock that Redshift would not have."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.statements import Statements, eventually


class Session:
    """A session of the Data API."""

    def __init__(self, statements: Statements) -> None:
        self.api = statements.api
        opened = self.api.execute_statement(
            **statements.where, Sql="select 1", SessionKeepAliveSeconds=120, WaitTimeSeconds=30
        )
        self.id: str = opened["SessionId"]

    def start(self, sql: str, **more: Any) -> str:
        """Submit a statement and return its id."""
        statement_id: str = self.api.execute_statement(SessionId=self.id, Sql=sql, **more)["Id"]
        return statement_id

    def run(self, *sqls: str, **more: Any) -> dict[str, Any]:
        """Run statements to their end; return the last one's description."""
        done: dict[str, Any] = {}
        for sql in sqls:
            done = self.api.describe_statement(Id=self.start(sql, **more), WaitTimeSeconds=30)
        return done


@pytest.fixture
def two(statements: Statements) -> Iterator[tuple[Session, Session]]:
    """Two sessions, and a table t with a row (1, 0)."""
    statements.batch("create table t (id int, n int)", "insert into t values (1, 0)")
    both = Session(statements), Session(statements)
    yield both
    for session in both:
        session.run("rollback", SessionKeepAliveSeconds=0)


def waits(statements: Statements, statement_id: str) -> None:
    """See a statement wait for a lock."""
    query = "select count(*) from pg_locks where not granted"
    eventually(lambda: statements.rows(query) != [[0]])
    assert statements.api.describe_statement(Id=statement_id)["Status"] == "STARTED"


@pytest.mark.parametrize(
    "writing", ["insert into t values (2, 0)", "update t set n = n + 1 where id = 1", "delete t"]
)
def test_a_second_writer_waits_for_the_first_ones_transaction(
    statements: Statements, two: tuple[Session, Session], writing: str
) -> None:
    first, _ = two
    first.run("begin", "insert into t values (9, 9)")
    second = statements.start(writing)
    waits(statements, second)
    assert statements.rows("select count(*) from t") == [[1]]  # readers do not wait
    first.run("commit")
    assert statements.ended(second)["Status"] == "FINISHED"


def test_a_waiting_writer_sees_what_the_first_has_committed(
    statements: Statements, two: tuple[Session, Session]
) -> None:
    first, second = two
    first.run("begin", "insert into t values (2, 0)")
    second.run("begin")
    waiting = second.start("insert into t select max(id) + 1, 0 from t")
    waits(statements, waiting)
    first.run("commit")
    assert statements.ended(waiting)["Status"] == "FINISHED"
    second.run("commit")
    assert statements.rows("select max(id) from t") == [[3]]


def test_procedures_take_the_locks_too(statements: Statements, two: tuple[Session, Session]) -> None:
    first, _ = two
    statements.run(
        "create procedure add() as $$ begin insert into t select max(id) + 1, 0 from t; end $$ language plpgsql"
    )
    statements.run(
        "create procedure added() as $$ declare q varchar(99); begin q := 'insert into t select max(id) + 1,';"
        " execute q || ' 0 from t'; end $$ language plpgsql"
    )
    first.run("begin", "call add()")
    waiting = statements.start("call added()")
    waits(statements, waiting)
    first.run("commit")
    assert statements.ended(waiting)["Status"] == "FINISHED"
    assert statements.rows("select id from t order by id") == [[1], [2], [3]]


def test_a_transaction_reads_one_snapshot(statements: Statements, two: tuple[Session, Session]) -> None:
    first, _ = two
    first.run("begin", "select count(*) from t")
    statements.run("insert into t values (2, 0)")
    counted = first.run("select count(*) from t")
    assert first.api.get_statement_result(Id=counted["Id"])["Records"] == [[{"longValue": 1}]]


def test_two_changes_of_one_row_are_error_1023(statements: Statements, two: tuple[Session, Session]) -> None:
    first, _ = two
    first.run("begin", "select * from t")
    statements.run("update t set n = 5")
    failed = first.run("update t set n = n + 1")
    [[table]] = statements.rows("select 't'::regclass::oid")
    assert failed["Status"] == "FAILED"
    expected = f"Serializable isolation violation on table - {table}, transactions forming the cycle are: "
    assert failed["Error"].startswith(f"ERROR: 1023\n  Detail: {expected}")
    assert failed["Error"].endswith(f"(pid:{failed['RedshiftPid']})")
    assert statements.rows("select n from t") == [[5]]


def test_changes_of_different_rows_and_crossing_reads_are_none(
    statements: Statements, two: tuple[Session, Session]
) -> None:
    statements.batch("insert into t values (2, 0)", "create table u (id int)")
    first, second = two
    first.run("begin", "select * from t", "select * from u")
    second.run("begin", "select * from t", "select * from u")
    first.run("update t set n = 1 where id = 1", "insert into u values (1)", "commit")
    done = second.run("update t set n = 2 where id = 2", "commit")
    assert done["Status"] == "FINISHED", done.get("Error")
    assert statements.rows("select n from t order by id") == [[1], [2]]


def test_a_conflict_in_a_procedure_is_error_1023_too(
    statements: Statements, two: tuple[Session, Session]
) -> None:
    statements.run("create procedure up() as $$ begin update t set n = n + 1; end $$ language plpgsql")
    first, _ = two
    first.run("begin", "select * from t")
    statements.run("update t set n = 5")
    failed = first.run("call up()")
    expected = "ERROR: 1023\n  Detail: Serializable isolation violation on table in Redshift"
    assert failed["Error"] == expected


def test_databases_have_snapshot_isolation(statements: Statements) -> None:
    name = f"{statements.where['Database']}_s"
    assert statements.run(f"create database {name} isolation level snapshot")["Status"] == "FINISHED"
    assert statements.run(f"alter database {name} isolation level snapshot")["Status"] == "FINISHED"
    refused = statements.run(f"alter database {name} isolation level serializable")
    assert refused["Error"] == "ERROR: local stand-in does not support the isolation level SERIALIZABLE"
    statements.run(f"drop database {name}")


def test_many_writers_of_one_table_all_come_through(statements: Statements) -> None:
    statements.batch("create table t (id int, n int)", "insert into t values (1, 0)")
    statements.run(
        "create procedure raise_n() as $$ declare c int; begin select n into c from t;"
        " update t set n = n + 1; delete from t where id = 2; insert into t values (2, 0); end $$ language plpgsql"
    )
    started = [statements.start("call raise_n()") for _ in range(20)]
    started += [statements.start("update t set n = n + 1 where id = 1") for _ in range(20)]
    ends = [statements.ended(one) for one in started]
    assert {end["Status"] for end in ends} == {"FINISHED"}, [end.get("Error") for end in ends]
    assert statements.rows("select n from t where id = 1") == [[40]]


def test_a_batch_that_calls_procedures_waits_rather_than_fails(statements: Statements) -> None:
    statements.batch("create table t (id int, n int)", "insert into t values (1, 0)")
    statements.run(
        "create procedure up() as $$ begin lock t; update t set n = n + 1; end $$ language plpgsql"
    )
    batch = {**statements.where, "Sqls": ["call up()", "call up()"]}
    started = [statements.api.batch_execute_statement(**batch)["Id"] for _ in range(10)]
    assert {statements.ended(one)["Status"] for one in started} == {"FINISHED"}
    assert statements.rows("select n from t") == [[20]]


def test_writers_that_may_only_insert_take_the_lock(statements: Statements) -> None:
    statements.batch(
        "create table t (a int)",
        f"create user {statements.where['Database']}_w password 'Secret1x'",
        f"grant insert on t to {statements.where['Database']}_w",
    )
    other = Statements(statements.api, statements.where["Database"])
    other.where["DbUser"] = f"{statements.where['Database']}_w"
    done = other.run("insert into t values (1)")
    refused = other.run("select a from t")
    statements.batch(f"revoke all on t from {other.where['DbUser']}", f"drop user {other.where['DbUser']}")
    assert done["Status"] == "FINISHED", done.get("Error")
    assert refused["Status"] == "FAILED"
