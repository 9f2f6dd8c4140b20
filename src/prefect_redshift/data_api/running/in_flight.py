"""One statement from its submission to its end, cancelled if nobody waits for it any more."""

import time
from functools import partial

from prefect_redshift.aws.retries import RETRY_SECONDS, retried
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.data_api.cancelling.cancel import cancel_and_confirm
from prefect_redshift.data_api.cancelling.cancellation import CANCELLATION_SECONDS, Unconfirmed
from prefect_redshift.data_api.cancelling.lost_submission import LostSubmission
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.request import Request
from prefect_redshift.data_api.running.read_ahead import wait_and_read
from prefect_redshift.data_api.running.recent_ids import RecentIds
from prefect_redshift.data_api.running.waiting import wait_for_end
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.data_api.submission import SUBMISSION_WAIT_SECONDS, Submission
from prefect_redshift.exceptions import StatementTimeoutError

# A statement that may take a moment only is submitted with the patience that any call deserves.
SHORTEST_SUBMIT_SECONDS = 5.0
# A little less than a cancellation may take in all.
_CONFIRM_SECONDS = CANCELLATION_SECONDS - 0.5
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
        self._request = request
        self._listener = connection.listener
        self._submission = Submission(connection.client, request, connection.target)
        self.name = self._submission.name
        self._is_abandoned = False
        self.statement: Statement | None = None

    def find(self, statement_id: str, status: str) -> None:
        """Take the statement that this request was submitted as before, by whomever."""
        self.statement = Statement(id=statement_id, status=status, name=self.name)
        self._listener.found(self.statement)

    async def wait_for_turn(self) -> float:
        """Wait until the client may submit the request; return the seconds that it took.

        Raises:
            CallError: There are no credentials, or no region.
        """
        began = time.monotonic()
        await self._client.opened()
        await self._submission.wait_for_turn()
        return time.monotonic() - began

    async def submit(self, seconds: float = RETRY_SECONDS, *, wait: bool = False) -> Statement:
        """Submit the request, again after a passing failure (API: ExecuteStatement or BatchExecuteStatement).

        Args:
            seconds: How long it is tried, a minute at most.
            wait: Whether it may wait for the statement's end, for ten of these seconds at most.

        Raises:
            CallError: It was refused, or failed for too long.
        """
        await self.wait_for_turn()
        waited = max(0.0, min(seconds, SUBMISSION_WAIT_SECONDS)) if wait else 0.0
        # What a submission has waited for in vain, because its answer was lost, is not taken from the time to retry it.
        patience = max(SHORTEST_SUBMIT_SECONDS, min(seconds, RETRY_SECONDS)) + waited
        began = time.monotonic()
        once = partial(self._submission.once, began + patience, began + waited)
        self.statement = await retried(once, patience)
        if self.statement.id in _submitted:
            self._listener.found(self.statement)
        else:
            _submitted.add(self.statement.id)
            self._listener.submitted(self.statement)
        return self.statement

    async def end(self, timeout: float, *, described: bool = True, read_ahead: bool = False) -> Statement:
        """Wait for the end of the submitted statement.

        Args:
            timeout: Seconds.
            described: Whether a statement is described whose submission has told already that it has finished.
            read_ahead: Whether the first page of its result is asked for meanwhile.

        Raises:
            StatementTimeoutError: `timeout` seconds have passed; the statement was cancelled, or may still run.
        """
        if self.statement is None:
            raise RuntimeError("submit() comes before end().")
        if read_ahead:
            self.statement = await wait_and_read(self._client, self.statement, self._request, timeout)
        elif described or not self._submission.has_told_end:
            self.statement = await wait_for_end(self._client, self.statement, timeout)
        if self.statement.has_ended:
            self._listener.ended(self.statement)
            return self.statement
        unconfirmed = await self.abandon()
        # It may have finished while the cancellation was on its way: then that is how it ended.
        if self.statement.status != "FINISHED":
            raise StatementTimeoutError(self.statement, advice=str(unconfirmed) if unconfirmed else "")
        return self.statement

    async def abandon(self) -> Unconfirmed | None:
        """Cancel the statement and read its end state, however often this task itself is cancelled meanwhile.

        It takes `CANCELLATION_SECONDS` at most, and is done once.

        Returns:
            Why it may still run; None where it has ended, or where there is none.
        """
        if self._is_abandoned or (self.statement is not None and self.statement.has_ended):
            return None
        self._is_abandoned = True
        # A thread does it, since the end of an event loop cancels every task, also one that only cleans up.
        work = self._client.clean_up(partial(self._cancel_and_confirm, time.monotonic() + _CONFIRM_SECONDS))
        try:
            outcome = await wait_uncancelled(work, CANCELLATION_SECONDS)
        except TimeoutError:
            statement_id = self.statement.id if self.statement else ""
            outcome = Unconfirmed(name=self.name, id=statement_id, reason="there was no answer in time")
        if self._submission.call is not None:
            self._client.abort(self._submission.call)
        if isinstance(outcome, Unconfirmed):
            self._listener.not_cancelled(outcome)
            return outcome
        if outcome is not None:
            if self.statement is None:
                self._listener.submitted(outcome)
            self.statement = outcome
            self._listener.cancelled(outcome)
        return None

    def _cancel_and_confirm(self, deadline: float) -> Statement | Unconfirmed | None:
        statement_id = self._statement_id(deadline)
        if not isinstance(statement_id, str):
            return statement_id
        return cancel_and_confirm(self._client, statement_id, self.name, deadline)

    def _statement_id(self, deadline: float) -> str | Unconfirmed | None:
        if self.statement is not None:
            return self.statement.id
        call = self._submission.call
        if call is None:
            return None
        never_came = call.cancel() or self._submission.was_refused
        if never_came and not self._submission.answer_was_lost:
            return None
        return LostSubmission(self._client, self._submission, call).find_id(deadline)
