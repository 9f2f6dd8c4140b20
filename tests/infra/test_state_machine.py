"""The project's state machine, run whole by the stand-in: what it leaves, and how it fails."""

import json
from typing import Any

import pytest

from infra import definition
from local_aws import Admin, Served
from prefect_redshift.state_machine.faults import all_states
from tests.flows.test_sales_data_pipeline import CHECKS, STEPS
from tests.infra.machine import Machine
from tests.statements import Statements, eventually

DAY = {"run_date": "2026-11-22", "setup": "if_missing"}


def statuses(machine: Machine, statements: Statements, execution_name: str) -> dict[str, str]:
    """Return the last status of each statement of an execution, by the step's name."""
    listed = statements.api.list_statements(StatementName=f"{execution_name}/", Status="ALL")["Statements"]
    return {one["StatementName"].partition("/")[2]: one["Status"] for one in listed}


def test_a_day_is_loaded(machine: Machine, statements: Statements) -> None:
    done = machine.run(DAY, "a-day")
    assert done["status"] == "SUCCEEDED", done.get("cause")
    output = json.loads(done["output"])
    assert output.pop("run_date") == "2026-11-22"
    checks = output.pop("checks")
    assert (set(checks["names"]), set(checks["statuses"])) == (CHECKS, {"passed"})
    assert checks["warnings"] == []
    assert list(output) == STEPS
    assert {step["Status"] for step in output.values()} == {"FINISHED"}
    assert all(set(step) == {"Id", "Status", "Duration"} for step in output.values())
    assert statements.rows("select count(*) from store_sales where ss_sold_date_sk = 20261122") == [[14]]
    assert set(statuses(machine, statements, "a-day")) == set(STEPS)

    again = machine.run({"run_date": "2026-11-22", "setup": "never"})
    assert again["status"] == "SUCCEEDED", again.get("cause")
    assert "check_run_date" in machine.entered(again["executionArn"])
    assert statements.rows("select count(*) from store_sales") == [[14]]


def test_the_run_date_of_a_schedule_is_the_day_in_its_time_zone(
    machine: Machine, statements: Statements
) -> None:
    done = machine.run({"scheduled_time": "2026-11-21T23:30:00Z", "timezone": "Europe/Berlin"})
    assert done["status"] == "SUCCEEDED", done.get("cause")
    assert json.loads(done["output"])["run_date"] == "2026-11-22"
    assert statements.rows("select distinct ss_sold_date_sk from store_sales") == [[20261122]]


def test_throttled_it_tries_again(machine: Machine, statements: Statements, admin: Admin) -> None:
    admin.add_fault(
        "error", operation="BatchExecuteStatement", code="ActiveStatementsExceededException", count=1
    )
    admin.add_fault(
        "error", operation="BatchExecuteStatement", code="ActiveSessionsExceededException", count=1
    )
    admin.add_fault("throttle", operation="DescribeStatement", count=1)
    admin.add_fault("server_error", operation="BatchExecuteStatement", count=1)
    admin.add_fault("drop_after", operation="BatchExecuteStatement", count=1)
    done = machine.run(DAY, "throttled")
    assert done["status"] == "SUCCEEDED", done.get("cause")
    assert all(fault["hits"] == 1 for fault in admin.faults())
    # The submission whose answer was lost is found again by its token: each step's statements ran once.
    runs = [
        run["statement_id"] for run in admin.executions() if run["statement_name"].startswith("throttled/")
    ]
    assert len(runs) == len(set(runs))
    assert sorted(statuses(machine, statements, "throttled")) == sorted(STEPS)


def test_a_failed_statement_fails_it_with_the_engine_s_words(
    machine: Machine, statements: Statements, admin: Admin
) -> None:
    # Not before the other is submitted.
    submission = {"operation": "BatchExecuteStatement", "statement_name": "failing/LoadItemTable"}
    held = admin.add_fault("latency", **submission, seconds=600.0)
    admin.add_fault("fail", statement_name="failing/LoadItemTable", message="ERROR: disk is full")
    admin.add_fault("slow_start", statement_name="failing/LoadCustomerAddressTable", seconds=600.0)
    execution = machine.start(DAY, "failing")
    other = {"StatementName": "failing/LoadCustomerAddressTable", "Status": "ALL"}
    eventually(lambda: statements.api.list_statements(**other)["Statements"], 120)
    admin.clear_fault(held["id"])
    done = machine.end(execution)
    assert (done["status"], done["error"]) == ("FAILED", "FAILED")
    assert done["cause"].startswith("LoadItemTable: statement ")
    assert done["cause"].endswith("ended FAILED: Query #1 failed with ERROR: disk is full")
    # What ran at once with it does not run on.
    assert statuses(machine, statements, "failing")["LoadCustomerAddressTable"] == "ABORTED"


@pytest.mark.parametrize("step", ["run_sp_deploy_redshift", "LoadCustomerAddressTable"])
def test_an_aborted_statement_fails_it(
    machine: Machine, statements: Statements, admin: Admin, step: str
) -> None:
    admin.add_fault("slow_start", statement_name=f"aborted/{step}", seconds=600.0)
    execution = machine.start(DAY, "aborted")
    submitted = {"StatementName": f"aborted/{step}", "Status": "SUBMITTED"}
    [listed] = eventually(lambda: statements.api.list_statements(**submitted)["Statements"], 60)
    statements.api.cancel_statement(Id=listed["Id"])
    done = machine.end(execution)
    assert (done["status"], done["error"]) == ("FAILED", "ABORTED")
    assert done["cause"].startswith(f"{step}: statement {listed['Id']} ended ABORTED")


def test_an_unknown_status_ends_nothing(machine: Machine, statements: Statements, admin: Admin) -> None:
    admin.add_fault("unknown_status", operation="DescribeStatement", status="PAUSED", count=3)
    assert machine.run(DAY, "unknown")["status"] == "SUCCEEDED"
    assert statuses(machine, statements, "unknown") == dict.fromkeys(STEPS, "FINISHED")


def test_a_step_that_does_not_end_is_cancelled_at_its_deadline(
    aws: Served, database: str, statements: Statements, admin: Admin
) -> None:
    machine = Machine(database, wait_seconds=1, step_timeout=2)
    admin.add_fault("slow_start", statement_name="stuck/setup_sales_data_pipeline", seconds=600.0)
    admin.add_fault("unknown_status", statement_name="stuck/", operation="DescribeStatement", status="PAUSED")
    done = machine.run(DAY, "stuck")
    assert (done["status"], done["error"]) == ("FAILED", "StepTimeout")
    assert done["cause"].startswith("setup_sales_data_pipeline: statement ")
    assert statuses(machine, statements, "stuck")["setup_sales_data_pipeline"] == "ABORTED"
    machine.close()


def test_failed_checks_fail_it_with_all_their_numbers(machine: Machine, statements: Statements) -> None:
    assert machine.run(DAY)["status"] == "SUCCEEDED"
    statements.run("delete from src_store_sales where ss_sold_date = '2026-11-22'")
    statements.run("insert into date_dim select * from date_dim where d_date = '2026-01-01'")
    done = machine.run({**DAY, "setup": "never"})
    assert (done["status"], done["error"]) == ("FAILED", "ChecksFailed")
    step, _, told = done["cause"].partition(": ")
    assert step == "run_validate_sql_statement"
    failed = {summary.split()[1]: summary for summary in json.loads(told)}
    assert {"date_dim_keys", "store_sales_delivered"} == failed.keys()
    assert failed["store_sales_delivered"].startswith(
        "check store_sales_delivered failed on 2026-11-22: expected 1, found 0"
    )


def test_it_ends_at_its_deadline(aws: Served, database: str, statements: Statements, admin: Admin) -> None:
    machine = Machine(database, wait_seconds=1)
    short = json.dumps(json.loads(machine.definition) | {"TimeoutSeconds": 2})
    machine.api.update_state_machine(stateMachineArn=machine.arn, definition=short)
    admin.add_fault("slow_start", statement_name="late/run_sp_deploy_redshift", seconds=600.0)
    done = machine.run(DAY, "late")
    assert (done["status"], done["error"]) == ("TIMED_OUT", "States.Timeout")
    # Its end, like that of a stopped one, leaves its statement running: the machine itself cancels on request.
    assert statuses(machine, statements, "late") == {"run_sp_deploy_redshift": "SUBMITTED"}
    machine.api.update_state_machine(stateMachineArn=machine.arn, definition=machine.definition)
    cancelled = machine.run({"cancel": "late"})
    assert (cancelled["status"], json.loads(cancelled["output"])) == ("SUCCEEDED", {"cancelled": "late"})
    assert statuses(machine, statements, "late") == {"run_sp_deploy_redshift": "ABORTED"}
    machine.close()


WRONG: list[dict[str, Any]] = [
    {},
    {"run_date": 20261122},
    {"run_date": "tomorrow"},
    {"run_date": "22.11.2026; drop table item"},
    {"run_date": "2026-11-22", "setup": "always"},
    {"scheduled_time": "2026-11-22T05:00:00Z"},
]


def test_wrong_input_is_refused_before_any_call(machine: Machine, admin: Admin) -> None:
    for given in WRONG:
        done = machine.run(given)
        assert (done["status"], done["error"]) == ("FAILED", "WrongInput")
    assert not admin.calls()


def test_a_nonsensical_date_leaves_no_trace(machine: Machine, statements: Statements) -> None:
    done = machine.run({"run_date": "2026-11-22-; drop table item"})
    assert done["status"] == "FAILED"
    assert "invalid input syntax for type date" in done["cause"]
    assert statements.rows("select count(*) from pg_tables where tablename = 'item'") == [[0]]


def test_waits_lengthen_up_to_thirty_seconds() -> None:
    """Read off the definition: each look that finds a statement running makes the next wait longer."""
    choices = [
        state
        for name, state in all_states(json.loads(definition.text()))
        if name.startswith("is_") and name.endswith("_complete")
    ]
    assert len(choices) == 7
    for choice in choices:
        longer = choice["Choices"][-1]
        wait = longer["Variable"]
        assert longer["NumericLessThan"] == 30
        assert longer["Assign"] == {f"{wait[1:]}.$": f"States.MathAdd({wait}, $wait_seconds)"}
        assert longer["Next"] == choice["Default"]
        assert choice["Default"].startswith("wait_on_")


def test_a_stopped_execution_says_who_stopped_it(machine: Machine, admin: Admin) -> None:
    admin.add_fault("slow_start", statement_name="stopped/run_sp_deploy_redshift", seconds=600.0)
    execution = machine.start(DAY, "stopped")
    eventually(lambda: admin.calls(operation="DescribeStatement"))
    machine.api.stop_execution(executionArn=execution, error="Cancelled", cause="by the operator")
    done = machine.end(execution)
    assert (done["status"], done["error"], done["cause"]) == ("ABORTED", "Cancelled", "by the operator")
    machine.run({"cancel": "stopped"})
