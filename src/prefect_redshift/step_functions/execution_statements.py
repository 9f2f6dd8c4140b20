"""Cancelling the statements of an execution, which run on when it ends, however it does."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.data_api.cancelling import cancel_by_name
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import CallError, RedshiftError
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.step_functions.stopping import described_at_end

# After a stop: a state may have been submitting a statement meanwhile, which is listed a little later.
LATE_STATEMENT_SECONDS = 1.0


@dataclass
class Outcome:
    """What came of cancelling an execution's statements.

    Attributes:
        cancelled: The statements that were cancelled.
        cancelled_by: The execution that cancelled them, where there was one.
        errors: Why some of them may still run.
    """

    cancelled: list[Statement] = field(default_factory=list)
    cancelled_by: Execution | None = None
    errors: list[RedshiftError] = field(default_factory=list)


@dataclass(frozen=True)
class ExecutionStatements:
    """The statements of an execution; their names begin with its own. The methods block.

    Attributes:
        execution_name: Whose.
        warehouse: The client of the Data API that lists and cancels them; None where that is not wanted. On AWS it sees
            the statements of its own IAM role only.
        client: The client of Step Functions.
        cancelling: The inputs of StartExecution for an execution that cancels them, in the state machine's role; None
            where the state machine has no such way.
    """

    execution_name: str
    warehouse: AwsClient | None
    client: AwsClient
    cancelling: Mapping[str, Any] | None

    def cancel(self, *, has_failed: bool = False) -> Outcome:
        """Cancel what still runs; a state machine that can cancels by itself when it fails."""
        outcome = Outcome()
        by_execution = "" if has_failed else self._start_cancelling(outcome)
        self._cancel_by_name(outcome)
        if by_execution:
            self._confirm(by_execution, outcome)
        return outcome

    def cancel_after_stop(self) -> Outcome:
        """Cancel what still runs, and what a state was submitting while it was stopped."""
        outcome = self.cancel()
        if self.warehouse is not None:
            time.sleep(LATE_STATEMENT_SECONDS)
            self._cancel_by_name(outcome)
        return outcome

    def _cancel_by_name(self, outcome: Outcome) -> None:
        if self.warehouse is None:
            return
        try:
            outcome.cancelled += cancel_by_name(self.warehouse, f"{self.execution_name}/")
        except RedshiftError as error:
            outcome.errors.append(error)

    def _start_cancelling(self, outcome: Outcome) -> str:
        """Return the ARN of the execution that cancels them, empty where there is none."""
        if self.cancelling is None:
            return ""
        try:
            return str(self.client.request_once("StartExecution", self.cancelling)["executionArn"])
        except CallError as error:
            if error.code != "ExecutionAlreadyExists":  # all was cancelled before
                outcome.errors.append(error)
            return ""

    def _confirm(self, arn: str, outcome: Outcome) -> None:
        try:
            outcome.cancelled_by = Execution.from_response(described_at_end(self.client, arn))
        except RedshiftError as error:
            outcome.errors.append(error)
