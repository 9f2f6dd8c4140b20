"""Executions on the stand-in: started once, followed, told as they ended, and stopped with whoever waited."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from local_aws import Admin, Served
from prefect_redshift.blocks.cancelled_here import cancelled_here
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import StateMachine
from prefect_redshift.exceptions import (
    ExecutionAbortedError,
    ExecutionError,
    ExecutionFailedError,
    ExecutionTimedOutError,
)
from tests.history import History
from tests.infra.machine import Machine
from tests.prefect_redshift.machines import create
from tests.statements import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("frequent_looks")]
SLOW = "select pg_sleep(60)"
LONG_WAIT = {"wait_on_load": {"Type": "Wait", "Seconds": 60, "End": True}}
BROKEN = {"check": {"Type": "Pass", "InputPath": "$.missing", "End": True}}


def choice(then: str) -> dict[str, Any]:
    return {
        "Type": "Choice",
        "Choices": [{"Variable": "$.go", "IsPresent": True, "Next": then}],
        "Default": then,
    }


FAIL = {"Type": "Fail", "Error": "FAILED", "Cause": '{"Id": "1", "Error": "ERROR: division by zero"}'}


@pytest.fixture
def step_functions(aws: Served) -> Iterator[Any]:
    client = boto3.client("stepfunctions")
    yield client
    client.close()


async def entered(messages: Callable[[], list[str]], state: str) -> None:
    async with asyncio.timeout(60):
        while not any(message.endswith(f" entered {state}") for message in messages()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def executions(step_functions: Any, machine: StateMachine) -> dict[str, str]:
    found = step_functions.list_executions(stateMachineArn=machine.state_machine_arn)["executions"]
    return {execution["name"]: execution["status"] for execution in found}


@pytest.mark.parametrize(
    ("states", "members", "kind", "words"),
    [
        (
            {"is_load_complete": choice("failure"), "failure": FAIL},
            {},
            ExecutionFailedError,
            "is FAILED in state is_load_complete: FAILED: ERROR: division by zero",
        ),
        (BROKEN, {}, ExecutionFailedError, "is FAILED in state check: States.Runtime: "),
        (
            {
                "both": {
                    "Type": "Parallel",
                    "Branches": [
                        {
                            "StartAt": "is_item_complete",
                            "States": {"is_item_complete": choice("failure"), "failure": FAIL},
                        },
                        {"StartAt": "wait_on_load", "States": LONG_WAIT},
                    ],
                    "End": True,
                }
            },
            {},
            ExecutionFailedError,
            "is FAILED in state is_item_complete: FAILED: ERROR: division by zero",
        ),
        (LONG_WAIT, {"TimeoutSeconds": 1}, ExecutionTimedOutError, "is TIMED_OUT in state wait_on_load"),
    ],
    ids=["a Fail state", "a state", "a branch", "the machine's timeout"],
)
async def test_an_unsuccessful_end_names_the_state_the_reason_and_the_page(
    aws: Served, states: dict[str, Any], members: dict[str, Any], kind: type[ExecutionError], words: str
) -> None:
    run = await StateMachine(state_machine_arn=create(states, **members)).trigger()
    with pytest.raises(kind) as failure:
        await run.wait_for_completion()
    assert words in str(failure.value)
    arn = run.execution.arn
    assert str(failure.value).endswith(
        f"https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/{arn}"
    )


async def test_an_execution_that_another_stops_is_told_as_that(
    step_functions: Any, messages: Callable[[], list[str]]
) -> None:
    run = await StateMachine(state_machine_arn=create(LONG_WAIT)).trigger()
    waiting = asyncio.create_task(run.wait_for_completion())
    await entered(messages, "wait_on_load")
    step_functions.stop_execution(executionArn=run.execution.arn)
    with pytest.raises(ExecutionAbortedError, match="is ABORTED in state wait_on_load"):
        await waiting


@pytest.mark.usefixtures("time_to_cancel")
async def test_whoever_stops_waiting_stops_the_execution_and_its_statements(
    aws: Served, warehouse: RedshiftDataApi, history: History, messages: Callable[[], list[str]]
) -> None:
    machine = StateMachine(state_machine_arn=create(LONG_WAIT), warehouse=warehouse)
    run = await machine.trigger(name="cancelled")
    await warehouse.execute_statement(SLOW, name="cancelled/LoadItemTable")
    await warehouse.execute_statement(SLOW, name="cancelled-2/LoadItemTable")
    waiting = asyncio.create_task(run.wait_for_completion())
    await entered(messages, "wait_on_load")
    while not waiting.done():
        waiting.cancel()
        await asyncio.sleep(0.02)
    assert waiting.cancelled()
    assert run.execution.status == "ABORTED"
    assert [e["status"] for e in history.executions("cancelled/")] == ["ABORTED"]
    assert "Stopped execution cancelled: it ended ABORTED" in messages()
    assert any(message.startswith("Cancelled cancelled/LoadItemTable (") for message in messages())
    # Another execution's are left alone.
    assert [s.name for s in (await warehouse.cancel_statements("cancelled-2/")).confirmed] == [
        "cancelled-2/LoadItemTable"
    ]


@pytest.mark.usefixtures("time_to_cancel")
async def test_a_deadline_stops_confirms_and_raises(step_functions: Any) -> None:
    machine = StateMachine(state_machine_arn=create(LONG_WAIT), execution_timeout_seconds=1)
    run = await machine.trigger(name="late")
    with pytest.raises(ExecutionTimedOutError, match="late is ABORTED in state wait_on_load") as failure:
        await run.wait_for_completion()
    assert failure.value.execution.status == "ABORTED"
    assert executions(step_functions, machine) == {"late": "ABORTED"}


@pytest.mark.usefixtures("time_to_cancel")
async def test_cancelled_while_it_is_being_started(step_functions: Any) -> None:
    machine = StateMachine(state_machine_arn=create(LONG_WAIT))
    starting = asyncio.create_task(machine.trigger(name="hasty"))
    sent = asyncio.Event()
    loop = asyncio.get_running_loop()
    client = await machine.executions().client.opened()

    def note(**_: Any) -> None:
        loop.call_soon_threadsafe(sent.set)

    client.meta.events.register("before-send.stepfunctions.StartExecution", note)
    await sent.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert executions(step_functions, machine) == {"hasty": "ABORTED"}


@pytest.mark.usefixtures("time_to_cancel")
async def test_a_machine_that_can_cancels_its_statements_in_its_own_role(
    aws: Served, database: str, admin: Admin, history: History, step_functions: Any
) -> None:
    admin.add_fault("slow_start", statement_name="own/", seconds=600.0)
    project = await asyncio.to_thread(Machine, database)
    machine = StateMachine(state_machine_arn=project.arn, cancels_statements=True)
    run = await machine.trigger({"run_date": "2026-11-22"}, name="own")
    waiting = asyncio.create_task(run.wait_for_completion())
    await asyncio.to_thread(eventually, lambda: history.calls("DescribeStatement"))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert executions(step_functions, machine) == {"own": "ABORTED", "own-cancel": "SUCCEEDED"}
    listed = boto3.client("redshift-data").list_statements(StatementName="own/", Status="ALL")["Statements"]
    assert [statement["Status"] for statement in listed] == ["ABORTED"]
    project.close()


@pytest.mark.usefixtures("time_to_cancel")
async def test_a_failed_execution_cancels_what_its_other_branch_left(
    warehouse: RedshiftDataApi, history: History
) -> None:
    run = await StateMachine(state_machine_arn=create(BROKEN), warehouse=warehouse).trigger(name="half")
    await warehouse.execute_statement(SLOW, name="half/LoadCustomerAddressTable")
    with pytest.raises(ExecutionFailedError):
        await run.wait_for_completion()
    assert [e["status"] for e in history.executions("half/")] == ["ABORTED"]


async def test_the_same_name_finds_what_runs_and_what_has_succeeded(
    step_functions: Any, messages: Callable[[], list[str]]
) -> None:
    states = {"wait": {"Type": "Wait", "Seconds": 2, "Next": "done"}, "done": {"Type": "Pass", "End": True}}
    arn = create(states)
    first = await StateMachine(state_machine_arn=arn).trigger({"day": 1}, name="once")
    machine = StateMachine(state_machine_arn=arn)
    again = await machine.trigger({"day": 1}, name="once")
    other_input = await machine.trigger({"day": 2}, name="once")
    assert [await run.fetch_result() for run in (first, again, other_input)] == [{"day": 1}] * 3
    assert (await machine.trigger({"day": 1}, name="once")).execution.status == "SUCCEEDED"
    assert executions(step_functions, machine) == {"once": "SUCCEEDED"}
    assert "Execution once has another input; that one counts." in messages()


async def test_after_a_failure_comes_a_new_attempt(step_functions: Any) -> None:
    machine = StateMachine(state_machine_arn=create(BROKEN))
    for _ in range(2):
        with pytest.raises(ExecutionFailedError):
            await (await machine.trigger(name="load")).wait_for_completion()
    assert executions(step_functions, machine) == {"load": "FAILED", "load-2": "FAILED"}


async def test_what_a_dead_process_left_is_stopped_by_name(
    step_functions: Any, warehouse: RedshiftDataApi, history: History
) -> None:
    machine = StateMachine(state_machine_arn=create(LONG_WAIT), warehouse=warehouse)
    for name in ("left", "left-2", "leftover"):
        step_functions.start_execution(stateMachineArn=machine.state_machine_arn, name=name)
    await warehouse.execute_statement(SLOW, name="left-2/LoadItemTable")
    stopped = await StateMachine(**dict(machine)).stop_executions("left")
    assert [(execution.name, execution.status) for execution in stopped] == [
        ("left", "ABORTED"),
        ("left-2", "ABORTED"),
    ]
    assert executions(step_functions, machine)["leftover"] == "RUNNING"
    assert [e["status"] for e in history.executions("left-2/")] == ["ABORTED"]
    await machine.stop_executions("leftover")


class _Refusal:
    """Refuses the first calls of each operation as the service does when it is throttled or failing."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.refused: dict[str, int] = {}

    def __call__(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        operation = event_name.rpartition(".")[2]
        self.refused[operation] = self.refused.get(operation, 0) + 1
        if self.refused[operation] > 2:
            return None
        status = 400 if self.kind == "ThrottlingException" else 500
        body = f'{{"__type": "{self.kind}", "message": "Rate exceeded"}}'.encode()

        class Raw:
            def stream(self, **_: Any) -> Iterator[bytes]:
                yield body

        return AWSResponse(request.url, status, {"Content-Type": "application/x-amz-json-1.0"}, Raw())


@pytest.mark.parametrize("kind", ["ThrottlingException", "InternalFailure"])
async def test_passing_failures_of_every_call_change_nothing(step_functions: Any, kind: str) -> None:
    machine = StateMachine(state_machine_arn=create({"done": {"Type": "Pass", "End": True}}))
    refusal = _Refusal(kind)
    (await machine.executions().client.opened()).meta.events.register("before-send.stepfunctions.*", refusal)
    assert await (await machine.trigger({"day": 1}, name="rough")).fetch_result() == {"day": 1}
    assert executions(step_functions, machine) == {"rough": "SUCCEEDED"}
    assert refusal.refused == {"StartExecution": 3, "GetExecutionHistory": 3, "DescribeExecution": 3}


class _Refused:
    """Refuses every call of one operation as the service does when it is throttled."""

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        body = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'

        class Raw:
            def stream(self, **_: Any) -> Iterator[bytes]:
                yield body

        return AWSResponse(request.url, 400, {"Content-Type": "application/x-amz-json-1.0"}, Raw())


async def test_an_execution_that_cannot_be_stopped_is_told_as_that(
    step_functions: Any, messages: Callable[[], list[str]]
) -> None:
    machine = StateMachine(state_machine_arn=create(LONG_WAIT), execution_timeout_seconds=1)
    refused = _Refused()
    events = (await machine.executions().client.opened()).meta.events
    events.register("before-send.stepfunctions.StopExecution", refused)
    run = await machine.trigger(name="stuck")
    command = f"aws stepfunctions describe-execution --execution-arn {run.execution.arn}"
    began = time.monotonic()
    with pytest.raises(
        ExecutionTimedOutError, match=f"may still run: .*ThrottlingException.*See `{command}`"
    ):
        await run.wait_for_completion()
    # Only against hanging.
    assert time.monotonic() - began < 30
    assert executions(step_functions, machine) == {"stuck": "RUNNING"}
    assert [message for message in messages() if "ended ABORTED" in message] == []
    (told,) = [message for message in messages() if "may still run" in message]
    assert told.endswith(f"See `{command}`.")
    (unconfirmed,) = cancelled_here("execution stuck").unconfirmed
    assert str(unconfirmed) == told
    events.unregister("before-send.stepfunctions.StopExecution", refused)
    await machine.stop_executions("stuck")
    assert executions(step_functions, machine) == {"stuck": "ABORTED"}


@pytest.mark.usefixtures("time_to_cancel")
async def test_an_execution_whose_start_is_answered_late_is_stopped(step_functions: Any) -> None:
    machine = StateMachine(state_machine_arn=create(LONG_WAIT))
    sent = asyncio.Event()
    loop = asyncio.get_running_loop()
    delays = iter([6.0])

    def delay(**_: Any) -> None:
        loop.call_soon_threadsafe(sent.set)
        time.sleep(next(delays, 0.0))

    events = (await machine.executions().client.opened()).meta.events
    events.register("before-send.stepfunctions.StartExecution", delay)
    starting = asyncio.create_task(machine.trigger(name="late"))
    await sent.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert executions(step_functions, machine) == {"late": "ABORTED"}
    # The first request arrives now, and starts nothing.
    await asyncio.sleep(6.0)
    assert executions(step_functions, machine) == {"late": "ABORTED"}
