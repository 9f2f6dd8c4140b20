"""ExecuteStatement, DescribeStatement, CancelStatement: what becomes of one statement."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from local_aws import Admin
from local_aws.data_api.running.execution import is_leader_only
from tests.statements import CLUSTER, Statements, eventually


def test_a_query_is_described_in_full(statements: Statements) -> None:
    done = statements.run("select 1 as n union all select 2", StatementName="two rows")
    assert done["Status"] == "FINISHED"
    assert (done["HasResultSet"], done["ResultRows"], done["ResultSize"]) == (True, 2, 2)
    assert done["QueryString"] == "select 1 as n union all select 2"
    assert done["Duration"] > 0
    assert done["RedshiftPid"] > 0
    assert (done["ClusterIdentifier"], done["DbUser"]) == ("local-cluster", "tester")


def test_the_engine_s_ids_of_a_query(statements: Statements) -> None:
    done = statements.batch("set timezone to 'utc'", "create table t (a int)", "select a from t", "select 1")
    assert (done["RedshiftQueryId"], done["ResultRows"], done["ResultSize"]) == (0, -1, -1)
    # What the leader node does alone has no id of the compute nodes.
    assert [part["RedshiftQueryId"] > 0 for part in done["SubStatements"]] == [False, False, True, False]
    assert {part["RedshiftQueryId"] for part in done["SubStatements"]} > {-1}
    read = done["SubStatements"][2]
    assert statements.rows(
        f"select query_uuid from sys_query_history where query_id = {read['RedshiftQueryId']}"
    ) == [[read["RedshiftQueryUuid"]]]
    alone = statements.run("select a from t")
    assert alone["RedshiftQueryId"] > read["RedshiftQueryId"]
    assert alone["RedshiftQueryUuid"] != read["RedshiftQueryUuid"]


@pytest.mark.parametrize(
    ("sql", "leader_only"),
    [
        ("select 1", True),
        ("-- from t\nselect 'from t'", True),
        ("select * from pg_class c join information_schema.tables t on true", True),
        ("with a as (select 1) select * from a", True),
        ("with a as (select * from t) select * from a", False),
        ("select * from (select n from t)", False),
        ("(select n from t)", False),
        ("show search_path", True),
        ("create view v as select 1", True),
        ("create table t (a int)", True),
        ("create materialized view v as select 1", False),
        ("select * from #t", False),
        ("create table c as select 1", False),
        ("insert into t values (1)", False),
        ("call p()", False),
    ],
)
def test_what_the_leader_node_does_alone(sql: str, leader_only: bool) -> None:
    assert is_leader_only(sql) is leader_only


def test_a_timeout_ends_a_statement_as_a_cancellation_does(statements: Statements) -> None:
    done = statements.batch(
        "set statement_timeout to 200", "select pg_sleep(30)", ExecutionMode="AUTO_COMMIT"
    )
    assert done["SubStatements"][1]["Status"] == "FAILED"
    assert done["SubStatements"][1]["Error"] == "ERROR: Query cancelled on user's request"


def test_rows_affected(statements: Statements) -> None:
    statements.run("create table t (n int)")
    done = statements.run("insert into t values (1), (2), (3)")
    assert (done["HasResultSet"], done["ResultRows"], done["ResultSize"]) == (False, 3, 0)


def test_sql_errors_are_a_status_not_an_exception(statements: Statements) -> None:
    done = statements.run("select * from no_such_table")
    assert (done["Status"], done["HasResultSet"]) == ("FAILED", False)
    assert done["Error"].startswith('ERROR: relation "no_such_table" does not exist')


def test_an_unknown_database_is_a_failure_in_the_engines_words(data_api: Any) -> None:
    started = data_api.execute_statement(**CLUSTER, Database="nowhere", Sql="select 1", WaitTimeSeconds=30)
    assert started["Status"] == "FAILED"
    assert (
        data_api.describe_statement(Id=started["Id"])["Error"] == 'FATAL: database "nowhere" does not exist'
    )


def test_submitting_does_not_wait(statements: Statements) -> None:
    started = statements.api.execute_statement(**statements.where, Sql="select pg_sleep(60)")
    assert started["Status"] in ("SUBMITTED", "PICKED", "STARTED")
    statements.api.cancel_statement(Id=started["Id"])


def test_parameters_are_values_and_never_sql(statements: Statements) -> None:
    evil = "x'; drop table t; --"
    statements.run("create table t (n int)")
    rows = statements.rows(
        "select :day::date + 1, :word, :word || ':day'",
        Parameters=[{"name": "day", "value": "2026-11-23"}, {"name": "word", "value": evil}],
    )
    assert rows == [["2026-11-24", evil, evil + ":day"]]
    assert statements.rows("select count(*) from t") == [[0]]


def test_the_same_token_is_the_same_statement(statements: Statements) -> None:
    statements.run("create table t (n int)")
    token = f"token-{time.time()}"
    first = statements.run("insert into t values (1)", ClientToken=token)
    second = statements.run("insert into t values (1)", ClientToken=token)
    assert first["Id"] == second["Id"]
    assert statements.rows("select count(*) from t") == [[1]]


def test_cancelling_stops_the_engine(statements: Statements) -> None:
    statements.run("create table t (n int)")
    started = statements.start("insert into t select 1 from (select pg_sleep(60)) s")
    eventually(lambda: statements.api.describe_statement(Id=started)["Status"] == "STARTED")
    assert statements.api.cancel_statement(Id=started)["Status"] is True
    assert statements.ended(started)["Status"] == "ABORTED"
    running = "select count(*) from pg_stat_activity where state = 'active' and query like 'insert into t%'"
    assert statements.rows(running) == [[0]]
    assert statements.rows("select count(*) from t") == [[0]]


def test_cancelling_what_has_ended_is_refused(statements: Statements) -> None:
    done = statements.run("select 1")
    with pytest.raises(statements.api.exceptions.ValidationException) as refused:
        statements.api.cancel_statement(Id=done["Id"])
    assert refused.value.response["Error"]["Message"] == (
        f"Could not cancel a query that is already in FINISHED state with ID: {done['Id']}"
    )


def test_a_cancellation_never_hits_the_next_statement(statements: Statements) -> None:
    for _ in range(20):
        started = statements.start("select pg_sleep(0.003)")
        with suppress(statements.api.exceptions.ValidationException):  # it had ended already
            statements.api.cancel_statement(Id=started)
        assert statements.run("select 1")["Status"] == "FINISHED"


def test_hundreds_are_queued_and_all_run(statements: Statements) -> None:
    statements.run("create table t (n int)")
    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(statements.start, [f"insert into t values ({n})" for n in range(300)]))
        ended = list(pool.map(statements.ended, ids))
    assert {done["Status"] for done in ended} == {"FINISHED"}
    assert statements.rows("select count(*), count(distinct n) from t") == [[300, 300]]


def test_a_queued_statement_that_is_cancelled_never_runs(statements: Statements, admin: Admin) -> None:
    admin.add_fault("slow_start", seconds=3600, statement_name="queued")
    started = statements.start("select 1", StatementName="queued")
    assert statements.api.describe_statement(Id=started)["Status"] == "SUBMITTED"
    statements.api.cancel_statement(Id=started)
    assert statements.ended(started)["Status"] == "ABORTED"
    assert admin.executions(statement_id=started) == []


def test_unknown_ids(data_api: Any) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"
    for call in (data_api.describe_statement, data_api.cancel_statement, data_api.get_statement_result):
        with pytest.raises(data_api.exceptions.ResourceNotFoundException) as refused:
            call(Id=unknown)
        assert refused.value.response["ResourceId"] == unknown


def test_other_users_are_made_on_first_use(data_api: Any, database: str) -> None:
    started = data_api.execute_statement(
        WorkgroupName="local-workgroup", Database=database, Sql="select current_user", WaitTimeSeconds=30
    )
    assert started["DbUser"] == "IAM:local"
    found = data_api.get_statement_result(Id=started["Id"])["Records"]
    assert found == [[{"stringValue": "IAM:local"}]]


def test_users_that_were_made_have_only_what_they_were_granted(data_api: Any, database: str) -> None:
    user = f"reader_{database}"

    def status(sql: str, db_user: str = "tester") -> str:
        where = {"ClusterIdentifier": "local-cluster", "DbUser": db_user, "Database": database}
        ended: str = data_api.execute_statement(**where, Sql=sql, WaitTimeSeconds=30)["Status"]
        return ended

    assert status(f"create user {user} password 'Secret123'") == "FINISHED"
    assert status("create table t (n int)") == "FINISHED"
    assert status("select * from t", user) == "FAILED"
    assert status(f"grant select on t to {user}") == "FINISHED"
    assert status("select * from t", user) == "FINISHED"
    assert status("drop table t", user) == "FAILED"
    assert status("create table own (n int primary key)", user) == "FINISHED"
