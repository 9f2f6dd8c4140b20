"""Cancelling the statements of an execution, which run on when it ends, however it does."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.data_api.cancelling.cancel import cancel_by_name
from prefect_redshift.data_api.cancelling.cancellation import Cancellation
from prefect_redshift.exceptions import CallError, RedshiftError
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.step_functions.stopping import described_at_end

# After a stop: a state may have been submitting a statement meanwhile, which is listed a little later.
LATE_STATEMENT_SECONDS = 1.0


@dataclass
class Outcome:
    """What came of cancelling an execution's statements.

    Attributes:
        statements: Those that were cancelled here, and those that may still run.
        cancelled_by: The execution that cancelled them, where there was one.
        errors: Why no execution has cancelled them.
    """

    statements: Cancellation = field(default_factory=Cancellation)
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

    def cancel(self, deadline: float, *, has_failed: bool = False) -> Outcome:
        """Cancel what still runs until `deadline` by the monotonic clock.

        A state machine that can cancels by itself when it fails.
        """
        outcome = Outcome()
        by_execution = "" if has_failed else self._start_cancelling(outcome, deadline)
        outcome.statements = self._cancel_by_name(deadline)
        if by_execution:
            self._confirm(by_execution, outcome, deadline)
        return outcome

    def cancel_after_stop(self, deadline: float) -> Outcome:
        """Cancel what still runs, and what a state was submitting while it was stopped."""
        stopped_at = time.monotonic()
        outcome = self.cancel(deadline)
        late = stopped_at + LATE_STATEMENT_SECONDS
        if self.warehouse is not None and late < deadline:
            time.sleep(max(0.0, late - time.monotonic()))
            again = self._cancel_by_name(deadline)
            # The second look covers what the first one could not confirm.
            outcome.statements = Cancellation(outcome.statements.confirmed) + again
        return outcome

    def _cancel_by_name(self, deadline: float) -> Cancellation:
        if self.warehouse is None:
            return Cancellation()
        return cancel_by_name(self.warehouse, f"{self.execution_name}/", deadline)

    def _start_cancelling(self, outcome: Outcome, deadline: float) -> str:
        """Return the ARN of the execution that cancels them, empty where there is none."""
        if self.cancelling is None:
            return ""
        try:
            started = self.client.request_until("StartExecution", self.cancelling, deadline)
            return str(started["executionArn"])
        except CallError as error:
            if error.code != "ExecutionAlreadyExists":  # all was cancelled before
                outcome.errors.append(error)
            return ""

    def _confirm(self, arn: str, outcome: Outcome, deadline: float) -> None:
        try:
            outcome.cancelled_by = Execution.from_response(described_at_end(self.client, arn, deadline))
        except RedshiftError as error:
            outcome.errors.append(error)
