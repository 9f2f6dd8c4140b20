"""Ending an execution that nobody waits for any more, with its statements; blocking."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.exceptions import CallError, RedshiftError, TransientCallError
from prefect_redshift.step_functions.execution_statements import ExecutionStatements, Outcome
from prefect_redshift.step_functions.stopping import described_at_end, stop

# How long the answer to a start is waited for before the start is asked for again, and what is kept of the time for
# stopping what was started.
_SECONDS_FOR_ITS_ANSWER = 0.5
_SECONDS_TO_STOP = 1.5


@dataclass(frozen=True)
class Start:
    """The start of an execution, maybe without an answer.

    Attributes:
        client: The client of Step Functions.
        inputs: The inputs of StartExecution.
        call: The request; None where it is known that there is such an execution.
        was_lost: Whether an earlier request has lost its answer.
    """

    client: AwsClient
    inputs: Mapping[str, Any]
    call: "Future[dict[str, Any]] | None"
    was_lost: bool

    def was_made(self, deadline: float) -> bool:
        """Return whether there is an execution to stop; a request that has not been sent yet is called off.

        Raises:
            CallError: That is not known.
        """
        if self.call is None:
            return True
        if self.call.cancel() and not self.was_lost:
            return False
        try:
            if not self.call.cancelled():
                self.call.result(timeout=_SECONDS_FOR_ITS_ANSWER)
                return True
        except (TransientCallError, TimeoutError):
            pass
        except CallError as error:
            return self.was_lost or error.code == "ExecutionAlreadyExists"
        self._make_again(deadline - _SECONDS_TO_STOP)
        return True

    def _make_again(self, deadline: float) -> None:
        """Find what the first request has started; if that one arrives later, it is the repeat."""
        try:
            self.client.request_until("StartExecution", self.inputs, deadline)
        except CallError as error:
            if error.code != "ExecutionAlreadyExists":
                raise


def end_early(
    start: Start, arn: str, statements: ExecutionStatements, cause: str, deadline: float
) -> "tuple[dict[str, Any] | RedshiftError, Outcome] | None":
    """Stop an execution, cancel its statements and confirm both until `deadline` by the monotonic clock.

    Returns:
        The execution as described at its end, or why it may still run, and what came of its statements; None where
        there is no such execution.
    """
    try:
        if not start.was_made(deadline):
            return None
        stop(start.client, arn, cause, deadline)
        outcome = statements.cancel_after_stop(deadline)
    except RedshiftError as error:
        if isinstance(error, CallError) and error.code == "ExecutionDoesNotExist":
            return None
        return error, statements.cancel(deadline)
    try:
        return described_at_end(start.client, arn, deadline), outcome
    except RedshiftError as error:
        return error, outcome
