"""Names that PostgreSQL is asked for, where transactions, locks and cancellation matter."""

import threading

from tests.local_aws.transfer_bucket import Bucket, finished
from tests.statements import Statements, eventually


def test_a_statement_that_fails_for_its_names_is_run_again_with_them(statements: Statements) -> None:
    statements.run("create table t (a int)")
    assert (
        statements.run(
            "insert into t select 1 as x union all select x + 1 from (select 1 as x) q where x > 0"
        )["ResultRows"]
        == 2
    )
    assert statements.run("insert into t select 5 as x, x + 1")["Error"].startswith(
        "ERROR: INSERT has more expressions"
    )
    assert statements.rows("select a + 1 as b, b * 2 as c from t order by c") == [[2, 4], [3, 6]]
    assert 'column "nope" does not exist' in statements.run("select a as x, x + nope from t")["Error"]


def test_a_procedure_that_is_created_again_is_resolved_anew(statements: Statements) -> None:
    statements.batch("create table t (a int)", "create table kept (v int, w int)", "insert into t values (1)")
    # In one transaction, as a job deploys its procedures; the second time the questions are known.
    create = (
        "create or replace procedure p() as $$ begin delete from kept;"
        " insert into kept select a * 10 as b, b + 1 as c from t; end $$ language plpgsql",
        "create or replace procedure q() as $$ begin call p();"
        " insert into kept select a * 20 as b, b + 1 as c from t; end $$ language plpgsql",
    )
    for _ in range(2):
        statements.batch(*create)
        statements.run("call q()")
        assert statements.rows("select v, w from kept order by 1") == [[10, 11], [20, 21]]
    statements.run("alter table t add column b int default 5")
    statements.batch(*create)
    statements.run("call q()")
    assert statements.rows("select v, w from kept order by 1") == [[10, 6], [20, 6]]


def test_parameters_stay_what_they_are(statements: Statements) -> None:
    given = [{"name": "n", "value": "20"}]
    assert statements.rows("select :n::int as x, x + :n::int as y where y = 40", Parameters=given) == [
        [20, 40]
    ]


def test_the_writer_s_lock_comes_before_the_first_look(statements: Statements) -> None:
    """Otherwise the transaction's snapshot is from before the other writer's commit, and the update fails."""
    statements.run("create table t (a int)")
    statements.run("insert into t values (1)")
    session = statements.api.execute_statement(**statements.where, Sql="begin", SessionKeepAliveSeconds=60)
    statements.ended(session["Id"])

    def in_session(sql: str, **more: int) -> str:
        return str(statements.api.execute_statement(Sql=sql, SessionId=session["SessionId"], **more)["Id"])

    statements.ended(in_session("update t set a = a + 1"))
    other = statements.start("update t set a = s.y from (select 5 as x, x + 5 as y) s where t.a > 0")
    batch = statements.api.batch_execute_statement(
        **statements.where,
        Sqls=["update t set a = t.a + s.y from (select 5 as x, x + 5 as y) s where t.a > 0"],
    )["Id"]
    eventually(lambda: statements.rows("select count(*) from pg_locks where not granted") == [[2]])
    statements.ended(in_session("commit", SessionKeepAliveSeconds=0))
    assert {statements.ended(each)["Status"] for each in (other, batch)} == {"FINISHED"}
    assert statements.rows("select a from t") in ([[20]], [[10]])


def test_an_error_of_the_names_in_a_block_is_as_any_other(statements: Statements) -> None:
    done = statements.batch("create table t as select 1 as a", "select a as x, x + 1 as y, nope from t")
    assert 'column "nope" does not exist' in done["Error"]
    assert "does not exist" in statements.run("select * from t")["Error"]


def test_what_waits_while_it_is_asked_can_be_cancelled(statements: Statements) -> None:
    statements.run("create table t (a int)")
    session = statements.api.execute_statement(**statements.where, Sql="begin", SessionKeepAliveSeconds=60)
    statements.ended(session["Id"])
    hold = statements.api.execute_statement(Sql="alter table t rename to u", SessionId=session["SessionId"])[
        "Id"
    ]
    assert statements.ended(hold)["Status"] == "FINISHED"
    waiting = statements.start("select * exclude (a) from t")
    eventually(lambda: statements.rows("select count(*) from pg_locks where not granted") == [[1]])
    statements.api.cancel_statement(Id=waiting)
    assert statements.ended(waiting)["Status"] == "ABORTED"
    closing = {"SessionId": session["SessionId"], "SessionKeepAliveSeconds": 0}
    statements.ended(statements.api.execute_statement(Sql="rollback", **closing)["Id"])
    assert statements.rows("select count(*) from t") == [[0]]


def test_many_at_once(statements: Statements) -> None:
    statements.run("create table t as select 1 as a")
    found: list[object] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(statements.rows("select a as x, x + 1 as y, y + 1 from t"))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[[1, 2, 3]]] * 8


def test_unload_s_query(bucket: Bucket) -> None:
    finished(bucket.unload("select 1 as a, a + 1 as b, b * 2 as c", "csv"), 1)
    assert bucket.get("out/0000_part_00") == b"1,2,4\n"
