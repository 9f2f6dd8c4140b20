"""Stopping an execution, and cancelling the statements that it leaves running."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prefect_redshift.aws.client import Calls
from prefect_redshift.data_api.in_flight import CONFIRM_SECONDS, Logger, cancel_by_name
from prefect_redshift.exceptions import CallError, RedshiftError, TransientCallError
from prefect_redshift.step_functions.execution import Execution

# The pause between two looks at an execution: the quotas are an account's.
SECONDS_BETWEEN_CALLS = 1.0
# After a stop: a state may have been submitting a statement meanwhile, which is listed a little later.
LATE_STATEMENT_SECONDS = 1.0


def stop_and_confirm(calls: Calls, arn: str, cause: str) -> dict[str, Any]:
    """Stops an execution and returns it as described after its end, blocking, for `CONFIRM_SECONDS`.

    One that has ended already is no error.

    Raises:
        CallError: A call was refused.
    """
    inputs = {"executionArn": arn, "error": "StoppedByItsCaller", "cause": cause}
    try:
        _persistently(calls, "StopExecution", inputs, lambda _: True)
    except CallError:
        found = calls.request_once("DescribeExecution", {"executionArn": arn})
        if not Execution.from_response(found).has_ended:
            raise
        return found
    return _described_at_end(calls, arn)


def _described_at_end(calls: Calls, arn: str) -> dict[str, Any]:
    return _persistently(
        calls,
        "DescribeExecution",
        {"executionArn": arn},
        lambda found: Execution.from_response(found).has_ended,
    )


def _persistently(
    calls: Calls, operation: str, inputs: Mapping[str, Any], is_enough: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Makes a call until its answer is enough, or `CONFIRM_SECONDS` have passed."""
    deadline = time.monotonic() + CONFIRM_SECONDS
    while True:
        is_over = time.monotonic() > deadline
        try:
            response = calls.request_once(operation, inputs)
            if is_over or is_enough(response):
                return response
        except TransientCallError:
            if is_over:
                raise
        time.sleep(SECONDS_BETWEEN_CALLS)


@dataclass(frozen=True)
class Leftovers:
    """The statements of an execution, which run on when it ends, however it does. Their names begin with its own.

    Attributes:
        execution_name: Whose.
        warehouse: The client of the Data API that lists and cancels them; None where that is not wanted. On AWS it sees
            the statements of its own IAM role only.
        calls: The client of Step Functions.
        cancelling: The inputs of StartExecution for an execution that cancels them, in the state machine's role; None
            where the state machine has no such way.
        log: Told of what was cancelled, and of what does not work.
    """

    execution_name: str
    warehouse: Calls | None
    calls: Calls
    cancelling: Mapping[str, Any] | None
    log: Logger

    def cancel(self, *, has_failed: bool = False) -> None:
        """Cancels what still runs, blocking; a state machine that can cancels by itself when it fails."""
        by_execution = "" if has_failed else self._start_cancelling()
        if self.warehouse is not None:
            self._cancel_by_name(self.warehouse)
        if by_execution:
            self._confirm(by_execution)

    def cancel_after_stop(self) -> None:
        """Cancels what still runs, blocking, also what a state was submitting while it was stopped."""
        self.cancel()
        if self.warehouse is not None:
            time.sleep(LATE_STATEMENT_SECONDS)
            self._cancel_by_name(self.warehouse)

    def _cancel_by_name(self, warehouse: Calls) -> None:
        try:
            for statement in cancel_by_name(warehouse, f"{self.execution_name}/"):
                self.log.info(
                    "Cancelled %s (%s): it ended %s", statement.name, statement.id, statement.status
                )
        except RedshiftError as error:
            self._tell(error)

    def _start_cancelling(self) -> str:
        """The ARN of the execution that cancels them, empty where there is none."""
        if self.cancelling is None:
            return ""
        try:
            return str(self.calls.request_once("StartExecution", self.cancelling)["executionArn"])
        except CallError as error:
            if error.code != "ExecutionAlreadyExists":  # all was cancelled before
                self._tell(error)
            return ""

    def _confirm(self, arn: str) -> None:
        try:
            status = Execution.from_response(_described_at_end(self.calls, arn)).status
            self.log.info(
                "The statements of execution %s are cancelled by %s: %s", self.execution_name, arn, status
            )
        except RedshiftError as error:
            self._tell(error)

    def _tell(self, error: RedshiftError) -> None:
        self.log.error("Statements of execution %s may still run: %s", self.execution_name, error)
