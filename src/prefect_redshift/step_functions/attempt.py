"""One execution of a state machine from its start to its end, stopped if nobody waits for it any more."""

import asyncio
import math
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from prefect_redshift.aws.ages import age
from prefect_redshift.aws.aws_client import CALL_SECONDS, AwsClient
from prefect_redshift.aws.polling import Pace
from prefect_redshift.aws.retries import RETRY_SECONDS, retried
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.data_api.cancelling.cancellation import CANCELLATION_SECONDS, Unconfirmed
from prefect_redshift.exceptions import CallError, ExecutionTimedOutError, RedshiftError, TransientCallError
from prefect_redshift.step_functions.early_end import Start, end_early
from prefect_redshift.step_functions.execution import UNSUCCESSFUL_STATUSES, Execution
from prefect_redshift.step_functions.execution_errors import error_of_execution
from prefect_redshift.step_functions.execution_statements import ExecutionStatements, Outcome
from prefect_redshift.step_functions.history import ExecutionHistory
from prefect_redshift.step_functions.listener import ExecutionListener
from prefect_redshift.step_functions.stopping import SECONDS_BETWEEN_CALLS

# A little less than a cancellation may take in all.
_CONFIRM_SECONDS = CANCELLATION_SECONDS - 0.5
# How much later than the execution's timeout a look at it may be answered.
_GRACE_SECONDS = 2.0


class Attempt:
    """An execution that was started, or found under its name.

    Args:
        client: The client of Step Functions.
        statements: The statements that the execution leaves when it ends.
        inputs: The inputs of StartExecution, with the execution's name.
        arn: The execution that those inputs make.
        timeout: Seconds until an execution that is waited for is stopped.
        listener: Told of the start, each state that is entered, the end and a stop.

    Attributes:
        execution: The `Execution` as the service told it last.
        failed_earlier: Whether this is an attempt that had failed before it was asked for.
    """

    def __init__(
        self,
        client: AwsClient,
        statements: ExecutionStatements,
        inputs: Mapping[str, Any],
        *,
        arn: str,
        timeout: float,
        listener: ExecutionListener,
    ) -> None:
        self._client = client
        self._statements = statements
        self._inputs = inputs
        self._timeout = timeout
        self._listener = listener
        self._call: Future[dict[str, Any]] | None = None
        self._answer_was_lost = False
        self._exists = False
        self._next_call_at = 0.0
        self._deadline = math.inf
        self._history = ExecutionHistory(self._request, arn)
        self._states: set[str] = set()
        self.execution = Execution(arn=arn, name=inputs["name"])
        self.failed_earlier = False

    async def begin(self) -> None:
        """Start the execution, or find the one that has its name (API: StartExecution, DescribeExecution).

        Raises:
            CallError: A call was refused.
        """
        await self._client.opened()
        first_sent = time.monotonic()
        existed = False
        try:
            response = await retried(self._start_once)
        except CallError as error:
            # One that has ended, or that was started with another input; the same input finds one that runs.
            if error.code != "ExecutionAlreadyExists":
                raise
            existed = not self._answer_was_lost
            response = await self._client.request("DescribeExecution", {"executionArn": self.execution.arn})
        self._update(response)
        self.failed_earlier = existed and self.execution.status in UNSUCCESSFUL_STATUSES
        if existed or age(response, "startDate") > time.monotonic() - first_sent + 1.0:
            self._listener.found(self.execution)
        else:
            self._listener.started(self.execution)

    async def find(self) -> bool:
        """Return whether there is such an execution; then it is described (API: DescribeExecution)."""
        try:
            self._update(
                await self._client.request("DescribeExecution", {"executionArn": self.execution.arn})
            )
        except CallError as error:
            if error.code == "ExecutionDoesNotExist":
                return False
            raise
        return True

    async def wait_for_completion(self) -> Execution:
        """Wait for the end; whatever ends the waiting early stops the execution and cancels its statements.

        Raises:
            ExecutionError: It ended otherwise than SUCCEEDED.
            CallError: A call was refused.
        """
        try:
            await self._watch()
        except BaseException:
            await self.stop("Whoever waited for it was cancelled, or failed.")
            raise
        if not self.execution.has_ended:
            unconfirmed = await self.stop(f"It did not end within {self._timeout:g} seconds.")
            if self.execution.status != "SUCCEEDED":
                raise ExecutionTimedOutError(self.execution, str(unconfirmed) if unconfirmed else "")
        self._listener.ended(self.execution)
        if self.execution.status in UNSUCCESSFUL_STATUSES:
            await self.cancel_statements()
            raise error_of_execution(self.execution)
        return self.execution

    async def fetch_result(self) -> Any:
        """Return the output, as JSON that was read; wait for the end if nobody has yet.

        Raises:
            ExecutionError: It ended otherwise than SUCCEEDED.
        """
        if self.execution.status in UNSUCCESSFUL_STATUSES:
            raise error_of_execution(self.execution)
        if not self.execution.has_ended:
            await self.wait_for_completion()
        return self.execution.output

    async def stop(self, cause: str) -> Unconfirmed | None:
        """Stop the execution, cancel its statements and confirm both, even if this task is cancelled meanwhile.

        It takes `CANCELLATION_SECONDS` at most. One that has ended already is no error; the listener is told what does
        not work (API: StopExecution).

        Returns:
            Why the execution may still run; None where it has ended, or where there is none.
        """
        if self._call is None and not self._exists:
            return None
        deadline = time.monotonic() + _CONFIRM_SECONDS
        start = Start(self._client, self._inputs, None if self._exists else self._call, self._answer_was_lost)
        arn = self.execution.arn
        work = self._client.clean_up(lambda: end_early(start, arn, self._statements, cause, deadline))
        try:
            stopped = await wait_uncancelled(work, CANCELLATION_SECONDS)
        except TimeoutError:
            stopped = RedshiftError("there was no answer in time"), Outcome()
        if self._call is not None:
            self._client.abort(self._call)
        if stopped is None:
            return None
        described, outcome = stopped
        unconfirmed = None
        if isinstance(described, RedshiftError):
            unconfirmed = _unconfirmed(self.execution, described)
            self._listener.not_stopped(self.execution, unconfirmed)
        else:
            self._update(described)
            self._listener.stopped(self.execution)
        self._tell(outcome)
        return unconfirmed

    async def cancel_statements(self) -> None:
        """Cancel what still runs of its statements: a state machine that ends leaves them running."""
        has_failed = self.execution.status == "FAILED"
        deadline = time.monotonic() + _CONFIRM_SECONDS
        work = self._client.clean_up(lambda: self._statements.cancel(deadline, has_failed=has_failed))
        try:
            self._tell(await wait_uncancelled(work, CANCELLATION_SECONDS))
        except TimeoutError:
            error = RedshiftError("there was no answer in time")
            self._listener.statements_not_cancelled(self.execution, error)

    async def _start_once(self) -> dict[str, Any]:
        self._call = self._client.start("StartExecution", self._inputs)
        self._next_call_at = time.monotonic() + SECONDS_BETWEEN_CALLS
        try:
            return await asyncio.wrap_future(self._call)
        except TransientCallError:
            self._answer_was_lost = True
            raise

    async def _request(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        async def paced() -> dict[str, Any]:
            await asyncio.sleep(max(0.0, self._next_call_at - time.monotonic()))
            self._next_call_at = time.monotonic() + SECONDS_BETWEEN_CALLS
            seconds = min(CALL_SECONDS, max(0.0, self._deadline - time.monotonic()) + _GRACE_SECONDS)
            return await self._client.once(operation, parameters, seconds)

        return await retried(paced, min(RETRY_SECONDS, max(0.0, self._deadline - time.monotonic())))

    async def _watch(self) -> None:
        """Follow the history to its end and then describe the execution, until the timeout at the latest.

        One call a poll tells the states as well as the end. A poll that fails for a passing reason is made again: only
        the timeout gives a running execution up.
        """
        if self.execution.status == "SUCCEEDED":
            return
        self._deadline = time.monotonic() + self._timeout
        pace = Pace(shortest=SECONDS_BETWEEN_CALLS)
        while True:
            is_over = time.monotonic() >= self._deadline
            try:
                await self._read_history()
                if self._history.has_ended or is_over:
                    arn = {"executionArn": self.execution.arn}
                    self._update(await self._request("DescribeExecution", arn))
                    if self.execution.has_ended or is_over:
                        return
            except TransientCallError:
                if is_over:
                    return
            await asyncio.sleep(min(pace.pause(), max(0.0, self._deadline - time.monotonic())))

    async def _read_history(self) -> None:
        for event in await self._history.read():
            if event.enters_state:
                # A state that waits is entered again and again.
                self._listener.entered(self.execution, event.state, again=event.state in self._states)
                self._states.add(event.state)

    def _update(self, response: Mapping[str, Any]) -> None:
        execution = Execution.from_response(response)
        failed = execution.status == "FAILED"
        state = self._history.failed_state() if failed else self._history.last_state()
        self.execution = replace(execution, state=state)
        self._exists = True

    def _tell(self, outcome: Outcome) -> None:
        for statement in outcome.statements.confirmed:
            self._listener.statement_cancelled(self.execution, statement)
        if outcome.cancelled_by is not None:
            self._listener.statements_cancelled_by(self.execution, outcome.cancelled_by)
        for unconfirmed in outcome.statements.unconfirmed:
            self._listener.statement_not_cancelled(self.execution, unconfirmed)
        for error in outcome.errors:
            self._listener.statements_not_cancelled(self.execution, error)


def _unconfirmed(execution: Execution, reason: Exception) -> Unconfirmed:
    return Unconfirmed(
        name=f"execution {execution.name}",
        reason=str(reason),
        id=execution.arn,
        command=f"aws stepfunctions describe-execution --execution-arn {execution.arn}",
    )
