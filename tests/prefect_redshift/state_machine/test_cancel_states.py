"""Nothing is left running: what an execution leaves is cancelled, and its end is confirmed."""

import json
from pathlib import Path
from typing import Any

import pytest

from local_aws import Admin
from tests.prefect_redshift.state_machine.conftest import MakeMachine
from tests.prefect_redshift.state_machine.jobs import no_days, one_fact
from tests.statements import Statements, eventually

REFUSED = {"operation": "CancelStatement", "code": "ValidationException"}


def listed(statements: Statements, prefix: str) -> list[dict[str, Any]]:
    """Return the statements whose names begin so."""
    found: list[dict[str, Any]] = statements.api.list_statements(StatementName=prefix, Status="ALL")[
        "Statements"
    ]
    return found


def statuses(statements: Statements, execution_name: str) -> dict[str, str]:
    """Return the status of each statement of an execution, by the step's name."""
    found = listed(statements, f"{execution_name}/")
    return {one["StatementName"].partition("/")[2]: one["Status"] for one in found}


def test_an_unknown_status_is_not_an_end(
    machine_of: MakeMachine, statements: Statements, admin: Admin, tmp_path: Path
) -> None:
    machine = machine_of(no_days(tmp_path))
    fault = admin.add_fault("unknown_status", operation="DescribeStatement", status="PAUSED", count=5)
    machine.succeed({}, "unknown")
    assert [one["hits"] for one in admin.faults() if one["id"] == fault["id"]] == [5]
    assert set(statuses(statements, "unknown").values()) == {"FINISHED"}
    assert statements.rows("select count(*) from red") == [[1]]


@pytest.mark.parametrize("step", ["load_red", "load_total"])
def test_a_step_is_cancelled_at_its_deadline_whatever_its_status(
    machine_of: MakeMachine, statements: Statements, admin: Admin, tmp_path: Path, step: str
) -> None:
    machine = machine_of(no_days(tmp_path), wait_seconds=1, step_timeout=2)
    admin.add_fault("slow_start", statement_name=f"{step}-late/{step}", seconds=600.0)
    if step == "load_total":
        # From the look on that finds the deadline over, to those that follow the cancelling.
        admin.add_fault("unknown_status", operation="DescribeStatement", status="PAUSED", count=8)
    done = machine.run({}, f"{step}-late")
    assert (done["status"], done["error"]) == ("FAILED", "StepTimeout")
    assert "after 2 seconds of waiting" in done["cause"]
    assert not {"SUBMITTED", "PICKED", "STARTED"} & set(statuses(statements, f"{step}-late").values())
    if step == "load_red":
        assert done["cause"].startswith("load_red: statement ")
        assert statuses(statements, f"{step}-late")["load_red"] == "ABORTED"
        assert statements.rows("select count(*) from svv_tables where table_name = 'red'") == [[0]]


def test_a_refused_cancel_is_asked_again(
    machine_of: MakeMachine, statements: Statements, admin: Admin, tmp_path: Path
) -> None:
    machine = machine_of(no_days(tmp_path))
    admin.add_fault("slow_start", statement_name="refused/load_blue", seconds=600.0)
    submission = {"operation": "BatchExecuteStatement", "statement_name": "refused/load_red"}
    held = admin.add_fault("latency", **submission, seconds=600.0)
    admin.add_fault("fail", statement_name="refused/load_red", message="ERROR: disk is full")
    fault = admin.add_fault("error", **REFUSED, message="the query has not started", count=2)
    execution = machine.start({}, "refused")
    eventually(lambda: listed(statements, "refused/load_blue"))
    admin.clear_fault(held["id"])
    done = machine.end(execution)
    assert done["error"] == "FAILED"
    assert done["cause"].endswith("disk is full")
    assert statuses(statements, "refused")["load_blue"] == "ABORTED"
    assert [one["hits"] for one in admin.faults() if one["id"] == fault["id"]] == [2]


def test_throttled_the_list_and_the_cancel_are_asked_again(
    machine_of: MakeMachine, statements: Statements, admin: Admin, tmp_path: Path
) -> None:
    machine = machine_of(one_fact(tmp_path))
    admin.add_fault("slow_start", statement_name="throttled-cancel/", seconds=600.0)
    execution = machine.start({"run_date": "2026-11-22"}, "throttled-cancel")
    eventually(lambda: statuses(statements, "throttled-cancel"))
    machine.api.stop_execution(executionArn=execution)
    for operation in ("ListStatements", "CancelStatement"):
        admin.add_fault("throttle", operation=operation, count=1)
    assert machine.succeed({"cancel": "throttled-cancel"}) == {"cancelled": "throttled-cancel"}
    assert statuses(statements, "throttled-cancel") == {"check_run_date": "ABORTED"}


def test_what_may_still_run_is_told_and_fails_the_execution(
    machine_of: MakeMachine, statements: Statements, admin: Admin, tmp_path: Path
) -> None:
    machine = machine_of(one_fact(tmp_path))
    admin.add_fault("slow_start", statement_name="stubborn/", seconds=600.0)
    execution = machine.start({"run_date": "2026-11-22"}, "stubborn")
    [stubborn] = eventually(lambda: listed(statements, "stubborn/"))
    machine.api.stop_execution(executionArn=execution)
    admin.add_fault("error", **REFUSED, message="no")
    # As many looks as a test has time for.
    hasty = machine.definition.replace('"NumericGreaterThanEquals": 60', '"NumericGreaterThanEquals": 2')
    assert hasty != machine.definition
    machine.api.update_state_machine(stateMachineArn=machine.arn, definition=hasty)
    done = machine.run({"cancel": "stubborn"})
    assert (done["status"], done["error"]) == ("FAILED", "StatementsMayStillRun")
    assert json.dumps([stubborn["Id"]]) in done["cause"]

    admin.clear_faults()
    assert machine.succeed({"cancel": "stubborn"}) == {"cancelled": "stubborn"}
    assert statuses(statements, "stubborn") == {"check_run_date": "ABORTED"}


def test_a_statement_that_is_submitted_while_another_fails_is_found(
    machine_of: MakeMachine, statements: Statements, admin: Admin, tmp_path: Path
) -> None:
    machine = machine_of(no_days(tmp_path))
    under_way = admin.add_fault(
        "latency", operation="BatchExecuteStatement", statement_name="hasty/load_blue", seconds=0.8
    )
    admin.add_fault("slow_start", statement_name="hasty/", seconds=600.0)
    execution = machine.start({}, "hasty")
    [red] = eventually(lambda: listed(statements, "hasty/load_red"))
    eventually(lambda: any(one["hits"] for one in admin.faults() if one["id"] == under_way["id"]))
    statements.api.cancel_statement(Id=red["Id"])
    assert machine.end(execution)["error"] == "ABORTED"
    assert eventually(lambda: statuses(statements, "hasty").get("load_blue")) == "ABORTED"
