"""One statement from its submission to its end, cancelled if nobody waits for it any more."""

import asyncio
from concurrent.futures import Future
from typing import Any

from prefect_redshift.aws.retries import RETRY_SECONDS, retried
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.data_api.cancelling import CONFIRM_SECONDS, cancel_and_confirm, find_running
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.recent_ids import RecentIds
from prefect_redshift.data_api.request import Request
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.data_api.waiting import wait_for_end
from prefect_redshift.exceptions import CallError, RedshiftError, StatementTimeoutError, TransientCallError

# What this process has submitted: the token of a request that is made again returns the same statement.
_submitted = RecentIds()


class InFlight:
    """A request on its way: submitted, waited for, or abandoned and then cancelled, whatever state it is in.

    Args:
        connection: Where, and who is told of the submission, the end and a cancellation.
        request: What is submitted.

    Attributes:
        name: The StatementName.
        statement: What is known of it; None until its submission was answered.
    """

    def __init__(self, connection: Connection, request: Request) -> None:
        self._client = connection.client
        self._listener = connection.listener
        self._request = request
        self._inputs = request.inputs(connection.target)
        self.name = request.statement_name(connection.target)
        self._call: Future[dict[str, Any]] | None = None
        self._answer_was_lost = False
        self.statement: Statement | None = None

    def find(self, statement_id: str, status: str) -> None:
        """Take the statement that this request was submitted as before, by whomever."""
        self.statement = Statement(id=statement_id, status=status, name=self.name)
        self._listener.found(self.statement)

    async def submit(self) -> Statement:
        """Submit the request (API: ExecuteStatement or BatchExecuteStatement), again after a passing failure."""
        await self._client.opened()
        response = await retried(self._submit_once, RETRY_SECONDS)
        self.statement = Statement.from_response(response, self.name)
        if self.statement.id in _submitted:
            self._listener.found(self.statement)
        else:
            _submitted.add(self.statement.id)
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
        self.statement = await wait_for_end(self._client, self.statement.id, self.name, timeout)
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
            self._listener.not_cancelled(self.name, error)
            return
        if statement is not None:
            self.statement = statement
            self._listener.cancelled(statement)

    def _cancel_and_confirm(self) -> Statement | None:
        statement_id = self._statement_id()
        if statement_id is None:
            return None
        return cancel_and_confirm(self._client, statement_id, self.name)

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
        if self._answer_was_lost and self.name:
            return next((statement.id for statement in find_running(self._client, self.name)), None)
        return None
