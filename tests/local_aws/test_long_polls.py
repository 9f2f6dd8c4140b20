"""WaitTimeSeconds: parked until the end, bounded per statement, ignored on request."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from local_aws import Admin
from tests.statements import Statements, eventually


def test_every_operation_waits_for_the_end(statements: Statements) -> None:
    started = statements.start("select pg_sleep(0.3)")
    assert statements.api.get_statement_result(Id=started, WaitTimeSeconds=30)["TotalNumRows"] == 1
    execute = statements.api.execute_statement(
        **statements.where, Sql="select pg_sleep(0.2)", WaitTimeSeconds=30
    )
    assert (execute["Status"], execute["HasResultSet"]) == ("FINISHED", True)
    batch = statements.api.batch_execute_statement(
        **statements.where, Sqls=["select pg_sleep(0.2)", "select 1"], WaitTimeSeconds=30
    )
    assert batch["Status"] == "FINISHED"


def test_a_part_is_awaited_by_itself(statements: Statements) -> None:
    sqls = ["select pg_sleep(0.3)", "select pg_sleep(60)"]
    started = statements.api.batch_execute_statement(**statements.where, Sqls=sqls)["Id"]
    began = time.monotonic()
    described = statements.end(f"{started}:1")
    assert (described["Id"], described["Status"]) == (started, "STARTED")
    assert [(part["Id"], part["Status"]) for part in described["SubStatements"]] == [
        (f"{started}:1", "FINISHED")
    ]
    result = statements.api.get_statement_result(Id=f"{started}:1", WaitTimeSeconds=30)
    assert result["TotalNumRows"] == 1
    assert time.monotonic() - began < 40
    statements.api.cancel_statement(Id=started)


def test_a_wait_that_is_too_short_answers_with_the_current_status(statements: Statements) -> None:
    started = statements.start("select pg_sleep(60)")
    eventually(lambda: statements.api.describe_statement(Id=started)["Status"] == "STARTED")
    assert statements.api.describe_statement(Id=started, WaitTimeSeconds=1)["Status"] == "STARTED"
    statements.api.cancel_statement(Id=started)


def test_all_who_wait_are_woken(statements: Statements, admin: Admin) -> None:
    started = statements.start("select pg_sleep(1)")
    with ThreadPoolExecutor(15) as pool:
        ended = list(pool.map(statements.end, [started] * 15))
    assert {done["Status"] for done in ended} == {"FINISHED"}
    assert len(admin.calls(operation="DescribeStatement", statement_id=started)) == 15


def test_too_many_who_wait_are_refused(statements: Statements, admin: Admin) -> None:
    admin.add_fault("waiting_limit", limit=1, statement_name="crowded")
    started = statements.start("select pg_sleep(60)", StatementName="crowded")
    first = threading.Thread(target=statements.end, args=(started,))
    first.start()
    eventually(lambda: admin.calls(operation="DescribeStatement", statement_id=started))
    with pytest.raises(statements.api.exceptions.ActiveWaitingRequestsExceededException):
        statements.end(started)
    statements.api.cancel_statement(Id=started)
    first.join()


def test_an_endpoint_that_ignores_the_field(statements: Statements, admin: Admin) -> None:
    admin.add_fault("ignore_wait")
    started = statements.start("select pg_sleep(60)")
    began = time.monotonic()
    assert statements.end(started)["Status"] != "FINISHED"
    assert time.monotonic() - began < 40
    statements.api.cancel_statement(Id=started)
