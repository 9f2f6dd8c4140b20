"""Handing off to a state machine: instead of the job, after it, and what becomes of it when the flow ends early."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import boto3
import pytest
from prefect import get_client
from prefect.settings import PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW, temporary_settings

from flows.sales import SALES
from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin, Served
from prefect_redshift.blocks.state_machine import ENVIRONMENT_VARIABLE, StateMachine
from prefect_redshift.exceptions import ExecutionFailedError, PipelineError, StateMachineError
from prefect_redshift.pipeline.check_results import ValidationFailedError
from prefect_redshift.reports.run_report import RunReport
from prefect_redshift.tasks.hand_off import hand_off_to_state_machine
from prefect_redshift.tasks.hooks import cancel_statements
from tests.flow_runs import execute, new_flow_run, retry_later
from tests.flows.test_sales_data_pipeline import STEPS
from tests.infra.machine import Machine
from tests.job_warehouse import Warehouse
from tests.prefect_redshift.machines import create
from tests.project import PROJECT_FOLDER
from tests.statements import eventually
from tests.time_to_cancel import IN_A_PROCESS

pytestmark = pytest.mark.usefixtures("frequent_looks")
DAY = date(2026, 11, 22)
PASS = {"done": {"Type": "Pass", "End": True}}
ABSENT = "arn:aws:states:us-east-1:123456789012:stateMachine:nobody"


class Downstream:
    """A small state machine that the environment names."""

    def __init__(self, client: Any, arn: str) -> None:
        self.client = client
        self.arn = arn

    def executions(self) -> list[dict[str, Any]]:
        """As DescribeExecution tells them, oldest first."""
        return executions(self.client, self.arn)


def executions(client: Any, arn: str) -> list[dict[str, Any]]:
    listed = client.list_executions(stateMachineArn=arn)["executions"]
    return [client.describe_execution(executionArn=e["executionArn"]) for e in reversed(listed)]


@pytest.fixture
def downstream(
    aws: Served, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[dict[str, Any]], Downstream]]:
    client = boto3.client("stepfunctions")

    def make(states: dict[str, Any]) -> Downstream:
        machine = Downstream(client, create(states))
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, machine.arn)
        return machine

    yield make
    client.close()


@pytest.fixture
def machine(
    request: pytest.FixtureRequest, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Machine]:
    """The project's own state machine, which loads into the test's database, named by the environment."""
    made = Machine(warehouse.database, wait_seconds=getattr(request, "param", 0))
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, made.arn)
    yield made
    made.close()


def waiting(seconds: int) -> pytest.MarkDecorator:
    """Have the machine wait so long for each statement: without waits it asks as fast as it can."""
    return pytest.mark.parametrize("machine", [seconds], indirect=True)


# Long enough to be stopped in the middle of.
long_waiting = waiting(15)


def run(**parameters: Any) -> RunReport:
    report: RunReport = asyncio.run(sales_data_pipeline(run_date=DAY, **parameters))
    return report


def test_after_the_job_its_summary_is_the_input_of_the_next_machine(
    warehouse: Warehouse, downstream: Callable[[dict[str, Any]], Downstream]
) -> None:
    machine = downstream(PASS)
    report = run(hand_off="after")
    (execution,) = machine.executions()
    assert execution["status"] == "SUCCEEDED"
    assert re.fullmatch(r"sales-data-pipeline-[0-9a-f-]{36}", execution["name"])
    summary = json.loads(execution["input"])
    assert summary["run_date"] == "2026-11-22"
    assert summary["flow_run_id"] in execution["name"]
    assert [(step["name"], step["status"]) for step in summary["steps"]] == [
        (step, "FINISHED") for step in STEPS
    ]
    assert {check["name"]: check for check in summary["checks"]}["store_sales_rows"] == {
        "name": "store_sales_rows",
        "status": "passed",
        "expected": 16,
        "actual": 16,
    }
    assert len(summary["checks"]) == len(report.checks)
    assert len(execution["input"]) < 4000


def test_the_flow_and_the_state_machine_leave_the_same_tables(warehouse: Warehouse, machine: Machine) -> None:
    run(setup="always")
    by_flow = warehouse.tables()
    for statement in SALES.drop_tables():
        warehouse.run(statement)

    report = run(hand_off="instead")
    assert warehouse.tables() == by_flow
    assert {name: len(rows) for name, rows in by_flow.items()}["store_sales"] == 14
    # The machine's own steps, and then the flow's validation.
    assert [step.name for step in report.steps] == STEPS
    assert {step.statement.status for step in report.steps} == {"FINISHED"}
    assert report.steps[0].statement.id in {s["Id"] for s in warehouse.statements("sales-data-pipeline-")}
    assert report.checks
    assert all(check.passed for check in report.checks)
    (execution,) = executions(machine.api, machine.arn)
    assert execution["status"] == "SUCCEEDED"
    assert json.loads(execution["input"]) == {"run_date": "2026-11-22", "setup": "if_missing"}

    run(hand_off="instead", setup="never")
    assert warehouse.tables() == by_flow


def test_what_the_machine_did_is_validated(
    warehouse: Warehouse, downstream: Callable[[dict[str, Any]], Downstream]
) -> None:
    run()
    warehouse.run("delete from store_sales")
    downstream(PASS)
    with pytest.raises(ValidationFailedError, match="store_sales_rows failed on 2026-11-22"):
        run(hand_off="instead")


def test_a_statement_that_fails_in_the_machine_fails_the_run_in_the_engine_s_words(
    warehouse: Warehouse, machine: Machine, admin: Admin
) -> None:
    admin.add_fault("fail", statement_name="sales-data-pipeline-", message="ERROR: disk is full")
    with pytest.raises(ExecutionFailedError) as failure:
        run(hand_off="instead")
    said = str(failure.value)
    assert "is FAILED in state is_run_sp_deploy_complete: FAILED: run_sp_deploy_redshift: statement " in said
    assert "failed with ERROR: disk is full. Its history: " in said
    assert "https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/" in said


@pytest.mark.parametrize(
    ("parameters", "named", "kind", "message"),
    [
        ({"hand_off": "instead"}, None, PipelineError, "No state machine is named: pass the name of a"),
        (
            {"hand_off": "after"},
            "nonsense",
            PipelineError,
            f"{ENVIRONMENT_VARIABLE}: .* is no ARN of a state",
        ),
        ({"hand_off": "after"}, ABSENT, StateMachineError, f"There is no state machine {ABSENT}"),
        (
            {"hand_off": "after", "state_machine": "nobody"},
            None,
            PipelineError,
            "There is no block redshift-etl-state-machine/nobody",
        ),
        ({"state_machine": "mine"}, None, PipelineError, "say hand_off=instead or after"),
        ({"hand_off": "instead", "setup": "always"}, ABSENT, PipelineError, "does not drop tables"),
        ({"hand_off": "instead", "catch_up": True}, ABSENT, PipelineError, "loads one day"),
    ],
)
def test_what_cannot_be_handed_off_is_told_before_anything_is_run(
    warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    parameters: dict[str, Any],
    named: str | None,
    kind: type[Exception],
    message: str,
) -> None:
    if named:
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, named)
    with pytest.raises(kind, match=message):
        run(**parameters)
    assert warehouse.statements() == []


# Kills the process when StartExecution is answered, before anything of it is noted.
KILLED_AT_THE_ANSWER = """
import os, signal
from botocore.client import BaseClient

call = BaseClient._make_api_call

def _make_api_call(self, operation, parameters):
    answer = call(self, operation, parameters)
    if operation == "StartExecution":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

BaseClient._make_api_call = _make_api_call
"""

# What `python -m flows.sales_data_pipeline` runs.
COMMAND_LINE = """
import runpy
runpy.run_module("flows.sales_data_pipeline", run_name="__main__", alter_sys=True)
"""


async def worker_notices(flow_run_id: UUID) -> None:
    async with get_client() as client:
        flow_run = await client.read_flow_run(flow_run_id)
    assert flow_run.state is not None
    await cancel_statements(sales_data_pipeline, flow_run, flow_run.state)


# Five statements, one after the other: as long as it takes to start another process.
@waiting(2)
def test_killed_when_the_execution_was_started_and_retried_it_is_one_execution(
    warehouse: Warehouse, machine: Machine
) -> None:
    flow_run_id = asyncio.run(new_flow_run(sales_data_pipeline, run_date="2026-11-22", hand_off="instead"))
    with execute(sales_data_pipeline, flow_run_id, KILLED_AT_THE_ANSWER) as process:
        assert process.wait(60) == -signal.SIGKILL
    (execution,) = executions(machine.api, machine.arn)
    assert execution["status"] == "RUNNING"
    asyncio.run(retry_later(flow_run_id))
    with execute(sales_data_pipeline, flow_run_id) as process:
        assert process.wait(60) == 0
    (execution,) = executions(machine.api, machine.arn)
    assert (execution["name"], execution["status"]) == (f"sales-data-pipeline-{flow_run_id}", "SUCCEEDED")
    statements = warehouse.statements(execution["name"])
    assert Counter(s["StatementName"].partition("/")[2] for s in statements) == Counter(STEPS)
    assert warehouse.count("store_sales") == 14


@long_waiting
def test_a_killed_run_s_hook_stops_its_execution_and_its_statements(
    warehouse: Warehouse, machine: Machine, admin: Admin
) -> None:
    admin.add_fault("slow_start", statement_name="sales-data-pipeline-", seconds=600.0)
    flow_run_id = asyncio.run(new_flow_run(sales_data_pipeline, run_date="2026-11-22", hand_off="instead"))
    with execute(sales_data_pipeline, flow_run_id, KILLED_AT_THE_ANSWER) as process:
        process.wait(60)
    name = f"sales-data-pipeline-{flow_run_id}"
    eventually(lambda: warehouse.statements(name))
    asyncio.run(worker_notices(flow_run_id))
    assert_stopped(warehouse, machine, name)


@long_waiting
def test_a_signal_stops_the_execution_and_its_statements(
    warehouse: Warehouse, machine: Machine, admin: Admin
) -> None:
    admin.add_fault("slow_start", statement_name="sales-data-pipeline-", seconds=600.0)
    command = [sys.executable, "-c", IN_A_PROCESS + COMMAND_LINE, "--hand-off", "instead"]
    with subprocess.Popen(command, cwd=PROJECT_FOLDER, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told: list[str] = []
        while "entered wait_on_sp_deploy" not in (told[-1] if told else ""):
            told.append(process.stderr.readline())
            assert told[-1], "".join(told)
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert process.wait(30) == 128 + signal.SIGTERM
    name = re.findall(r"sales-data-pipeline-[0-9a-f-]{36}", told[-1])[0]
    assert_stopped(warehouse, machine, name)
    assert f"Stopped execution {name}: it ended ABORTED" in rest
    # Two ways lead to the statement, and the first one that gets there is told.
    assert (
        f"Cancelled {name}/run_sp_deploy_redshift (" in rest
        or f"of execution {name} are cancelled by" in rest
    )
    assert "Traceback" not in rest


def assert_stopped(warehouse: Warehouse, machine: Machine, name: str) -> None:
    found = {execution["name"]: execution["status"] for execution in executions(machine.api, machine.arn)}
    # The second one, in the state machine's own role, would find statements that another role may not see.
    assert found == {name: "ABORTED", f"{name}-cancel": "SUCCEEDED"}
    assert [s["Status"] for s in warehouse.statements(name)] == ["ABORTED"]


def test_outside_a_flow_each_call_is_an_execution_of_its_own(
    prefect_server: str, downstream: Callable[[dict[str, Any]], Downstream]
) -> None:
    started = downstream(PASS)
    machine = StateMachine(state_machine_arn=started.arn)
    # A task outside a flow has no log on the server, which Prefect says by a warning.
    with temporary_settings({PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore"}):
        for number in (1, 2):
            hand_off_to_state_machine.sync(machine, {"number": number})
    names = [execution["name"] for execution in started.executions()]
    inputs = [json.loads(execution["input"])["number"] for execution in started.executions()]
    assert inputs == [1, 2]
    assert len(set(names)) == 2
    assert not any("None" in name for name in names)
