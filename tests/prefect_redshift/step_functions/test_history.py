"""Reading a long history in pages, newest first, as AWS sends it; the stand-in's tests read short ones for real."""

from collections.abc import Mapping
from typing import Any

import pytest

from prefect_redshift.step_functions.history import ExecutionHistory

pytestmark = pytest.mark.anyio


class Service:
    """GetExecutionHistory as it is documented: in pages, newest first on request, tokens bound to their inputs."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.pages = 0

    def happen(self, *kinds: str) -> None:
        for kind in kinds:
            number = len(self.events) + 1
            event = {"id": number, "type": kind.partition(" ")[0], "previousEventId": number - 1}
            if state := kind.partition(" ")[2]:
                event["stateEnteredEventDetails"] = {"name": state}
            self.events.append(event)

    async def __call__(self, operation: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        assert operation == "GetExecutionHistory"
        assert inputs["reverseOrder"] is True
        assert inputs["includeExecutionData"] is False
        self.pages += 1
        last = int(inputs.get("nextToken") or len(self.events))
        first = max(0, last - int(inputs["maxResults"]))
        page = {"events": self.events[first:last][::-1]}
        return page | ({"nextToken": str(first)} if first else {})


async def test_all_is_read_once_and_then_only_what_is_new() -> None:
    service = Service()
    service.happen("ExecutionStarted", *(f"WaitStateEntered wait_{n}" for n in range(2500)))
    history = ExecutionHistory(service, "arn")
    assert [event.id for event in await history.read()] == list(range(1, 2502))
    assert service.pages == 3

    service.happen("PassStateEntered one")
    assert [event.state for event in await history.read()] == ["one"]
    assert service.pages == 4
    assert await history.read() == []

    service.happen(*(f"PassStateEntered p{n}" for n in range(150)), "ExecutionSucceeded")
    assert len(await history.read()) == 151
    assert history.has_ended
    assert history.last_state() == "p149"


@pytest.mark.parametrize(
    ("kinds", "failed"),
    [
        (["TaskStateEntered run", "TaskFailed", "ExecutionFailed"], "run"),
        (["TaskStateEntered run", "TaskTimedOut", "ExecutionFailed"], "run"),
        (["ChoiceStateEntered is_complete", "FailStateEntered failure", "ExecutionFailed"], "is_complete"),
        (["TaskStateEntered run", "TaskFailed", "FailStateEntered failure", "ExecutionFailed"], "run"),
        (["FailStateEntered failure", "ExecutionFailed"], "failure"),
        (["ChoiceStateEntered is_complete", "ExecutionFailed"], "is_complete"),
        (["ParallelStateEntered both", "TaskStateEntered one", "TaskFailed", "ParallelStateFailed"], "one"),
        (["ExecutionFailed"], ""),
        ([], ""),
    ],
)
async def test_which_state_failed(kinds: list[str], failed: str) -> None:
    service = Service()
    service.happen("ExecutionStarted", *kinds)
    history = ExecutionHistory(service, "arn")
    await history.read()
    assert history.failed_state() == failed


async def test_the_state_that_failed_is_not_one_of_those_that_cancel() -> None:
    service = Service()
    service.happen("ExecutionStarted", "ChoiceStateEntered is_load_complete", "ChoiceStateExited")
    # A statement that has ended refuses to be cancelled, which is caught as well.
    service.happen("TaskStateEntered list_statements", "TaskSucceeded", "TaskStateExited")
    service.happen("TaskStateEntered cancel_statement", "TaskFailed", "TaskStateExited")
    service.happen("FailStateEntered pipeline_failure", "ExecutionFailed")
    history = ExecutionHistory(service, "arn")
    await history.read()
    assert history.failed_state() == "is_load_complete"
