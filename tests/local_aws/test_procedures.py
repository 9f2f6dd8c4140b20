"""Procedures through the Data API: what they compute, say, and commit."""

from tests.statements import Statements


def test_computed_statements_are_rewritten_when_they_run(statements: Statements) -> None:
    done = statements.batch(
        "create procedure p(n varchar) as $$ begin"
        " execute 'create table ' || n || ' (a int distkey, b decimal) sortkey (a)';"
        " execute 'insert into ' || n || ' values (nvl(null, 2), 1.6)'; end $$ language plpgsql",
        "call p('made')",
        "select top 1 a, b from made",
        ExecutionMode="AUTO_COMMIT",
    )
    assert done["Status"] == "FINISHED", done.get("Error")
    assert statements.rows("select a, b from made") == [[2, "2"]]


def test_procedures_write_to_temporary_tables(statements: Statements) -> None:
    statements.batch(
        "create table kept (a int)",
        "create procedure p() as $$ declare q varchar(99) := 'insert into #t values (2)'; begin"
        " create temp table #t (a int); insert into #t values (1); execute q;"
        " execute 'update #T set a = a + 1'; delete #t where a = 2; insert into kept select a from #t; end $$"
        " language plpgsql",
    )
    done = statements.run("call p()")
    assert done["Status"] == "FINISHED", done.get("Error")
    assert statements.rows("select a from kept") == [[3]]


def test_a_computed_statement_that_is_refused_fails_the_call(statements: Statements) -> None:
    statements.run(
        "create procedure p(q varchar) as $$ begin execute q; end $$ language plpgsql",
    )
    done = statements.run("call p('create external table x (a int)')")
    assert done["Status"] == "FAILED"
    assert "local stand-in does not support CREATE EXTERNAL" in done["Error"]


def test_messages_of_procedures_are_recorded(statements: Statements) -> None:
    statements.run(
        "create procedure p() as $$ begin raise info 'one %', 1; raise warning 'two'; end $$ language plpgsql"
    )
    called = statements.run("call p()")
    said = statements.rows(
        "select query, loglevel_text, message from svl_stored_proc_messages order by loglevel"
    )
    assert said == [
        [called["RedshiftQueryId"], "INFO", "one 1"],
        [called["RedshiftQueryId"], "WARNING", "two"],
    ]


def test_truncate_commits_an_explicit_transaction(statements: Statements) -> None:
    statements.batch("create table t (a int)", "create table kept (a int)", "insert into t values (1)")
    done = statements.batch("insert into kept values (1)", "truncate t", "select 1 / 0")
    assert done["Status"] == "FAILED"
    assert statements.rows("select (select count(*) from t), (select count(*) from kept)") == [[0, 1]]


def test_truncate_commits_in_a_session(statements: Statements) -> None:
    session = statements.api.execute_statement(
        **statements.where,
        Sql="create table t as select 1 as a",
        SessionKeepAliveSeconds=60,
        WaitTimeSeconds=30,
    )["SessionId"]
    sqls = ("begin", "insert into t values (2)", "truncate table t", "insert into t values (3)", "rollback")
    for sql in sqls:
        closing = {"SessionKeepAliveSeconds": 0} if sql == sqls[-1] else {}
        done = statements.api.execute_statement(SessionId=session, Sql=sql, WaitTimeSeconds=30, **closing)
        assert done["Status"] == "FINISHED"
    # Behind TRUNCATE there is no transaction left that ROLLBACK could end.
    assert statements.rows("select a from t") == [[3]]
