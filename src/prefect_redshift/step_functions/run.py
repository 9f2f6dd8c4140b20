"""One execution of a state machine from its start to its end, stopped if nobody waits for it any more."""

import asyncio
import logging
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import Any

from prefect.blocks.abstract import JobRun

from prefect_redshift.aws.client import Calls, retried
from prefect_redshift.data_api.in_flight import CONFIRM_SECONDS, Logger, age, outlast
from prefect_redshift.data_api.waiting import Pace
from prefect_redshift.exceptions import (
    CallError,
    ExecutionTimedOutError,
    RedshiftError,
    TransientCallError,
)
from prefect_redshift.step_functions.execution import UNSUCCESSFUL_STATUSES, Execution
from prefect_redshift.step_functions.execution_errors import error_of_execution
from prefect_redshift.step_functions.history import ExecutionHistory
from prefect_redshift.step_functions.stop import SECONDS_BETWEEN_CALLS, Leftovers, stop_and_confirm

# Executions whose failure this process has raised already: when the work is asked for again, it is tried anew.
_raised: set[str] = set()


class ExecutionRun(JobRun[Any]):
    """An execution that was started, or found under its name.

    Args:
        calls: The client of Step Functions.
        leftovers: The statements that the execution leaves when it ends.
        inputs: The inputs of StartExecution, with the execution's name.
        arn: The execution that those inputs make.
        timeout: Seconds until an execution that is waited for is stopped.
        logger: Told of the start, each state that is entered, the end and a stop; never of inputs and outputs.

    Attributes:
        execution: The `Execution` as the service told it last.
        was_found: Whether it had been started before, by this process or another.
    """

    def __init__(
        self,
        calls: Calls,
        leftovers: Leftovers,
        inputs: Mapping[str, Any],
        *,
        arn: str,
        timeout: float,
        logger: Logger,
    ) -> None:
        self._calls = calls
        self._leftovers = leftovers
        self._inputs = inputs
        self._timeout = timeout
        self._log = logger
        self._call: Future[dict[str, Any]] | None = None
        self._next_call_at = 0.0
        self._history = ExecutionHistory(self._request, arn)
        self._states: set[str] = set()
        self.execution = Execution(arn=arn, name=inputs["name"])
        self.was_found = False

    @property
    def failed_earlier(self) -> bool:
        """Whether this is an attempt that failed before it was asked for."""
        is_old = self.was_found or self.execution.arn in _raised
        return is_old and self.execution.status in UNSUCCESSFUL_STATUSES

    async def begin(self) -> None:
        """Starts the execution, or finds the one that has its name (API: StartExecution, DescribeExecution).

        Raises:
            CallError: A call was refused.
        """
        first_sent = time.monotonic()
        try:
            response = await retried(self._start_once)
        except CallError as error:
            # One that has ended, or that was started with another input; the same input finds one that runs.
            if error.code != "ExecutionAlreadyExists":
                raise
            response = await self._calls.request("DescribeExecution", {"executionArn": self.execution.arn})
        self._note(response)
        self.was_found = age(response, "startDate") > time.monotonic() - first_sent + 1.0
        verb = "Found" if self.was_found else "Started"
        self._log.info("%s execution %s: %s", verb, self.execution.name, self.execution.console_url)

    async def find(self) -> bool:
        """Whether there is such an execution; then it is described (API: DescribeExecution)."""
        try:
            self._note(await self._calls.request("DescribeExecution", {"executionArn": self.execution.arn}))
        except CallError as error:
            if error.code == "ExecutionDoesNotExist":
                return False
            raise
        return True

    async def wait_for_completion(self) -> Execution:  # type: ignore[override] # declared to return a Logger
        """Waits for the end, logging each state when it is entered first; whatever ends the waiting early stops it.

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
            await self.stop(f"It did not end within {self._timeout:g} seconds.")
            # It may have succeeded while the stop was on its way: then that is how it ended.
            if self.execution.status != "SUCCEEDED":
                raise ExecutionTimedOutError(self.execution)
        self._log.info(
            "%s execution %s in %.1f s",
            self.execution.status.capitalize(),
            self.execution.name,
            self.execution.seconds,
        )
        if self.execution.status in UNSUCCESSFUL_STATUSES:
            _raised.add(self.execution.arn)
            await self.cancel_statements()
            raise error_of_execution(self.execution)
        return self.execution

    async def fetch_result(self) -> Any:
        """The output, as JSON that was read; waits for the end if nobody has yet.

        Raises:
            ExecutionError: It ended otherwise than SUCCEEDED.
        """
        if self.execution.status in UNSUCCESSFUL_STATUSES:
            raise error_of_execution(self.execution)
        if not self.execution.has_ended:
            await self.wait_for_completion()
        return self.execution.output

    async def stop(self, cause: str) -> None:
        """Stops the execution, cancels its statements and confirms both, even if this task is cancelled meanwhile.

        One that has ended already is no error; what does not work is logged (API: StopExecution).
        """
        await outlast(self._calls.in_background(lambda: self._stop_and_confirm(cause)))

    async def cancel_statements(self) -> None:
        """Cancels what still runs of its statements: a state machine that ends leaves them running."""
        has_failed = self.execution.status == "FAILED"
        await outlast(self._calls.in_background(lambda: self._leftovers.cancel(has_failed=has_failed)))

    async def _start_once(self) -> dict[str, Any]:
        self._call = self._calls.start("StartExecution", self._inputs)
        self._next_call_at = time.monotonic() + SECONDS_BETWEEN_CALLS
        return await asyncio.wrap_future(self._call)

    async def _request(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        async def paced() -> dict[str, Any]:
            await asyncio.sleep(max(0.0, self._next_call_at - time.monotonic()))
            self._next_call_at = time.monotonic() + SECONDS_BETWEEN_CALLS
            return await self._calls.once(operation, parameters)

        return await retried(paced)

    async def _watch(self) -> None:
        """Follows the history to its end and then describes the execution, until the timeout at the latest.

        One call a poll tells the states as well as the end. A poll that fails for a passing reason is made again: only
        the timeout gives a running execution up.
        """
        if self.execution.status == "SUCCEEDED":
            return
        deadline = time.monotonic() + self._timeout
        pace = Pace(shortest=SECONDS_BETWEEN_CALLS)
        while True:
            is_over = time.monotonic() >= deadline
            try:
                await self._read_history()
                if self._history.has_ended or is_over:
                    arn = {"executionArn": self.execution.arn}
                    self._note(await self._request("DescribeExecution", arn))
                    if self.execution.has_ended or is_over:
                        return
            except TransientCallError:
                if is_over:
                    raise
            await asyncio.sleep(min(pace.pause(), max(0.0, deadline - time.monotonic())))

    async def _read_history(self) -> None:
        for event in await self._history.read():
            if event.enters_state:
                # A state that waits is entered again and again.
                level = logging.DEBUG if event.state in self._states else logging.INFO
                self._states.add(event.state)
                self._log.log(level, "%s entered %s", self.execution.name, event.state)

    def _note(self, response: Mapping[str, Any]) -> None:
        execution = Execution.from_response(response)
        failed = execution.status == "FAILED"
        state = self._history.failed_state() if failed else self._history.last_state()
        self.execution = replace(execution, state=state)

    def _stop_and_confirm(self, cause: str) -> None:
        try:
            self._settle_start()
            self._note(stop_and_confirm(self._calls, self.execution.arn, cause))
            self._log.info("Stopped execution %s: it ended %s", self.execution.name, self.execution.status)
        except RedshiftError as error:
            if isinstance(error, CallError) and error.code == "ExecutionDoesNotExist":
                return  # its start was refused, or never sent
            self._log.error("Could not stop execution %s: %s", self.execution.name, error)
        self._leftovers.cancel_after_stop()

    def _settle_start(self) -> None:
        """Calls off a start that has not been sent yet; waits for the answer to one that has."""
        if self._call is not None and not self._call.cancel():
            with suppress(CallError, TimeoutError):
                self._call.result(timeout=CONFIRM_SECONDS)
