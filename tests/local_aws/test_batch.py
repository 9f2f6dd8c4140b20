"""BatchExecuteStatement: sub-statements, transactions, and what AWS's samples send."""

import pytest

from tests.statements import Statements, eventually


def statuses(done: dict[str, list[dict[str, str]]]) -> list[str]:
    """Return the statuses of a batch's parts."""
    return [part["Status"] for part in done["SubStatements"]]


def test_each_part_has_its_own_description_and_result(statements: Statements) -> None:
    done = statements.batch(
        "create table t (n int)", "insert into t values (1), (2)", "select n from t order by n"
    )
    assert (done["Status"], done["ExecutionMode"]) == ("FINISHED", "TRANSACTION")
    parts = done["SubStatements"]
    assert [part["Id"] for part in parts] == [f"{done['Id']}:{number}" for number in (1, 2, 3)]
    assert [part["HasResultSet"] for part in parts] == [False, False, True]
    assert [part["ResultRows"] for part in parts] == [0, 2, 2]
    assert all(part["Duration"] > 0 for part in parts)
    described = statements.api.describe_statement(Id=parts[1]["Id"])
    assert (described["Id"], described["Status"], described["ExecutionMode"]) == (
        done["Id"],
        "FINISHED",
        "TRANSACTION",
    )
    assert described["SubStatements"] == [parts[1]]
    assert statements.api.get_statement_result(Id=parts[2]["Id"])["TotalNumRows"] == 2


def test_a_refused_connection_aborts_every_part(statements: Statements) -> None:
    where = statements.where | {"Database": "nowhere"}
    done = statements.ended(
        statements.api.batch_execute_statement(**where, Sqls=["select 1", "select 2"])["Id"]
    )
    assert (done["Status"], done["Error"]) == ("FAILED", 'FATAL: database "nowhere" does not exist')
    ended = {(part["Status"], part["Error"]) for part in done["SubStatements"]}
    assert ended == {("ABORTED", "Connection or an prior query failed.")}
    alone = statements.ended(statements.api.execute_statement(**where, Sql="select 1")["Id"])
    assert (alone["Status"], alone["Error"]) == ("FAILED", done["Error"])


def test_a_whole_batch_has_no_result(statements: Statements) -> None:
    done = statements.batch("select 1", "select 2")
    with pytest.raises(statements.api.exceptions.ValidationException, match="sub-statement id"):
        statements.api.get_statement_result(Id=done["Id"])


def test_a_part_without_result_set(statements: Statements) -> None:
    done = statements.batch("create table t (n int)")
    with pytest.raises(statements.api.exceptions.ResourceNotFoundException, match="does not have result"):
        statements.api.get_statement_result(Id=f"{done['Id']}:1")


def test_a_transaction_is_rolled_back_whole(statements: Statements) -> None:
    done = statements.batch("create table t (n int)", "select 1/0", "select 1")
    assert done["Status"] == "FAILED"
    assert statuses(done) == ["FINISHED", "FAILED", "ABORTED"]
    assert "division by zero" in done["SubStatements"][1]["Error"]
    assert "division by zero" in done["Error"]
    assert done["SubStatements"][2]["Error"] == "Connection or an prior query failed."
    assert statements.run("select * from t")["Status"] == "FAILED"


def test_auto_commit_keeps_what_succeeded(statements: Statements) -> None:
    done = statements.batch(
        "create table t (n int)", "select 1/0", "insert into t values (1)", ExecutionMode="AUTO_COMMIT"
    )
    assert (done["Status"], done["ExecutionMode"]) == ("FAILED", "AUTO_COMMIT")
    assert statuses(done) == ["FINISHED", "FAILED", "FINISHED"]
    assert statements.rows("select n from t") == [[1]]


def test_many_statements_in_one_element(statements: Statements) -> None:
    done = statements.batch(
        "create table t (n int); insert into t values (1); -- the end;\nselect n from t", "select ';'"
    )
    assert statuses(done) == ["FINISHED", "FINISHED"], done
    assert done["SubStatements"][0]["HasResultSet"] is True
    assert statements.rows("select n from t") == [[1]]


def test_a_procedure_body_is_one_statement(statements: Statements) -> None:
    body = "create procedure p() as $$ begin create table t (n int); insert into t values (7); end; $$ language plpgsql"
    assert statements.batch(f"{body}; call p();")["Status"] == "FINISHED"
    assert statements.rows("select n from t") == [[7]]


def test_begin_and_commit_inside_a_batch(statements: Statements) -> None:
    done = statements.batch("begin", "create table t (n int)", "commit", "select 1/0")
    assert statuses(done) == ["FINISHED", "FINISHED", "FINISHED", "FAILED"]
    assert statements.rows("select count(*) from t") == [[0]]


def test_parameters_belong_to_the_whole_batch(statements: Statements) -> None:
    done = statements.batch(
        "create table t (n int, w varchar(9))",
        "insert into t values (:n, :w)",
        "insert into t values (:n, 'two')",
        Parameters=[{"name": "n", "value": "5"}, {"name": "w", "value": "one"}],
    )
    assert done["Status"] == "FINISHED", done
    assert statements.rows("select n, w from t order by w") == [[5, "one"], [5, "two"]]


def test_cancelling_a_batch_rolls_it_back(statements: Statements) -> None:
    started = statements.api.batch_execute_statement(
        **statements.where, Sqls=["create table t (n int)", "select pg_sleep(60)", "select 1"]
    )["Id"]
    eventually(
        lambda: statements.api.describe_statement(Id=started)["SubStatements"][1]["Status"] == "STARTED"
    )
    statements.api.cancel_statement(Id=started)
    done = statements.ended(started)
    assert done["Status"] == "ABORTED"
    assert statuses(done) == ["FINISHED", "ABORTED", "ABORTED"]
    assert statements.run("select * from t")["Status"] == "FAILED"


def test_one_element_with_many_statements_is_one_transaction(statements: Statements) -> None:
    done = statements.batch("create table t (n int); select 1/0; select 1")
    assert statuses(done) == ["FAILED"]
    assert statements.run("select * from t")["Status"] == "FAILED"


def test_what_refuses_a_transaction_block_may_be_alone_in_a_batch(statements: Statements) -> None:
    name = statements.where["Database"] + "_x"
    assert statements.batch(f"create database {name}")["Status"] == "FINISHED"
    assert statements.batch(f"/* in the way */ drop database {name};")["Status"] == "FINISHED"
    refused = statements.batch("select 1", f"create database {name}")
    assert statuses(refused) == ["FINISHED", "FAILED"]


def test_procedures_can_tell_that_they_are_in_a_transaction(statements: Statements) -> None:
    mark = "select pg_catalog.current_setting('transaction_deferrable')"
    done = statements.batch(mark, "select 1")
    assert statements.api.get_statement_result(Id=f"{done['Id']}:1")["Records"] == [[{"stringValue": "on"}]]
    assert statements.rows(mark) == [["off"]]


def test_begin_inside_a_transaction_changes_nothing(statements: Statements) -> None:
    done = statements.batch(
        "create table t (a int); begin; insert into t values (1); commit; begin transaction; end"
    )
    assert done["Status"] == "FINISHED", done.get("Error")
    assert statements.rows("select a from t") == [[1]]
