"""One statement from its submission to its end, cancelled if nobody waits for it any more."""

import asyncio
import time
from concurrent.futures import Future
from typing import Any

from prefect_redshift.aws.ages import age
from prefect_redshift.aws.retries import RETRY_SECONDS, retried
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.data_api.cancelling import CONFIRM_SECONDS, cancel_and_confirm, find_running
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.request import Request
from prefect_redshift.data_api.statement import UNSUCCESSFUL_STATUSES, Statement
from prefect_redshift.data_api.waiting import wait_for_end
from prefect_redshift.exceptions import CallError, RedshiftError, StatementTimeoutError, TransientCallError


class InFlight:
    """A request on its way: submitted, waited for, or abandoned and then cancelled, whatever state it is in.

    Args:
        connection: Where, and who is told of the submission, the end and a cancellation.
        request: What is submitted.

    Attributes:
        statement: What is known of it; None until its submission was answered.
        was_submitted_before: Whether an earlier submission of it was found.
    """

    def __init__(self, connection: Connection, request: Request) -> None:
        self._client = connection.client
        self._listener = connection.listener
        self._request = request
        self._inputs = request.inputs(connection.target)
        self._call: Future[dict[str, Any]] | None = None
        self._answer_was_lost = False
        self.statement: Statement | None = None
        self.was_submitted_before = False

    async def submit(self) -> Statement:
        """Submit the request (API: ExecuteStatement or BatchExecuteStatement), again after a passing failure."""
        await self._client.opened()
        first_sent = time.monotonic()
        response = await retried(self._submit_once, RETRY_SECONDS)
        self.statement = Statement.from_response(response, self._request.name)
        # Only an earlier process's has failed already when it is answered; it may have done so this very second.
        had_failed = self.statement.status in UNSUCCESSFUL_STATUSES and not self._answer_was_lost
        # One second for the Date header, which has no fractions.
        self.was_submitted_before = (
            had_failed or age(response, "CreatedAt") > time.monotonic() - first_sent + 1.0
        )
        if self.was_submitted_before:
            self._listener.found(self.statement)
        else:
            self._listener.submitted(self.statement)
        return self.statement

    async def _submit_once(self) -> dict[str, Any]:
        self._call = self._client.start(self._request.operation, self._inputs)
        try:
            return await asyncio.wrap_future(self._call)
        except TransientCallError:
            self._answer_was_lost = True
            raise

    async def end(self, timeout: float) -> Statement:
        """Wait for the end of the submitted statement.

        Raises:
            StatementTimeoutError: `timeout` seconds have passed; the statement was cancelled.
        """
        if self.statement is None:
            raise RuntimeError("submit() comes before end().")
        self.statement = await wait_for_end(self._client, self.statement.id, self._request.name, timeout)
        if self.statement.has_ended:
            self._listener.ended(self.statement)
            return self.statement
        await self.abandon()
        # It may have finished while the cancellation was on its way: then that is how it ended.
        if self.statement.status != "FINISHED":
            raise StatementTimeoutError(self.statement)
        return self.statement

    async def abandon(self) -> None:
        """Cancel the statement and read its end state, however often this task itself is cancelled meanwhile."""
        if self.statement is not None and self.statement.has_ended:
            return
        try:
            # A thread does it, since the end of an event loop cancels every task, also one that only cleans up.
            statement = await wait_uncancelled(self._client.in_background(self._cancel_and_confirm))
        except RedshiftError as error:
            self._listener.not_cancelled(self._request.name, error)
            return
        if statement is not None:
            self.statement = statement
            self._listener.cancelled(statement)

    def _cancel_and_confirm(self) -> Statement | None:
        statement_id = self._statement_id()
        if statement_id is None:
            return None
        return cancel_and_confirm(self._client, statement_id, self._request.name)

    def _statement_id(self) -> str | None:
        if self.statement is not None:
            return self.statement.id
        if self._call is not None and not self._call.cancel():
            try:
                return str(self._call.result(timeout=CONFIRM_SECONDS)["Id"])
            except (TransientCallError, TimeoutError):
                self._answer_was_lost = True
            except CallError:
                pass  # refused: there is no statement
        if self._answer_was_lost and self._request.name:
            return next((statement.id for statement in find_running(self._client, self._request.name)), None)
        return None
