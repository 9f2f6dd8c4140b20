"""An execution is followed: its states are told, and the service is asked within its quotas."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from local_aws import Served
from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.blocks.state_machine import StateMachine
from tests.prefect_redshift.machines import create

pytestmark = pytest.mark.anyio


async def test_each_state_is_logged_once_and_the_service_is_asked_once_a_second(
    aws: Served, messages: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = {"Variable": "$.rounds", "NumericGreaterThan": 0, "Next": "wait"}
    states = {
        "begin": {"Type": "Pass", "Result": {"rounds": 3}, "Next": "wait"},
        "wait": {"Type": "Wait", "Seconds": 1, "Next": "count"},
        "count": {
            "Type": "Pass",
            "Parameters": {"rounds.$": "States.MathAdd($.rounds, -1)"},
            "Next": "is_complete",
        },
        "is_complete": {"Type": "Choice", "Choices": [rounds], "Default": "done"},
        "done": {"Type": "Pass", "Result": {"rows": 14}, "End": True},
    }
    machine = StateMachine(state_machine_arn=create(states), execution_input={"kept": 1})
    calls: list[tuple[str, float]] = []
    start = AwsClient.start

    def note(client: AwsClient, operation: str, *given: Any) -> Any:
        calls.append((operation, time.monotonic()))
        return start(client, operation, *given)

    monkeypatch.setattr(AwsClient, "start", note)
    run = await machine.trigger({"run_date": "2026-11-22"}, name="logged")
    assert await run.fetch_result() == {"rows": 14}
    assert run.execution.input == {"kept": 1, "run_date": "2026-11-22"}

    told = [message.removeprefix("logged ") for message in messages()]
    assert told[1:-1] == [f"entered {state}" for state in states]
    assert told[0].startswith(
        "Started execution logged: https://us-east-1.console.aws.amazon.com/states/home"
    )
    assert told[-1].startswith("Succeeded execution logged in ")
    assert [calls[0][0], calls[-1][0]] == ["StartExecution", "DescribeExecution"]
    assert {operation for operation, _ in calls[1:-1]} == {"GetExecutionHistory"}
    times = [moment for _, moment in calls]
    # A little less for the clock's granularity.
    assert all(later - earlier > 0.99 for earlier, later in pairwise(times))
