"""One statement from its submission to its end, cancelled if nobody waits for it any more."""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias, TypeVar

import anyio

from prefect_redshift.aws.client import RETRY_SECONDS, Calls, retried
from prefect_redshift.aws.paging import Pager
from prefect_redshift.blocks.statement_events import announce
from prefect_redshift.data_api.request import Request
from prefect_redshift.data_api.statement import ENDED_STATUSES, UNSUCCESSFUL_STATUSES, Statement
from prefect_redshift.data_api.waiting import wait_for_end
from prefect_redshift.exceptions import CallError, RedshiftError, StatementTimeoutError, TransientCallError

T = TypeVar("T")
Logger: TypeAlias = logging.Logger | logging.LoggerAdapter[logging.Logger]

# How long a cancelled statement's end is waited for. Prefect kills a process 30 seconds after it asked it to end.
CONFIRM_SECONDS = 4.0


class InFlight:
    """A request on its way: submitted, waited for, or abandoned and then cancelled, whatever state it is in.

    Args:
        calls: The client.
        request: What is submitted.
        target: The inputs that name the warehouse and the login.
        logger: Told of the submission, the end and a cancellation; never of a parameter's value.
    """

    def __init__(self, calls: Calls, request: Request, target: Mapping[str, str], logger: Logger) -> None:
        self._calls = calls
        self._request = request
        self._inputs = request.inputs(target)
        self._logger = logger
        self._call: Future[dict[str, Any]] | None = None
        self._answer_was_lost = False
        self.statement: Statement | None = None
        self.was_submitted_before = False

    async def submit(self) -> Statement:
        """Submits the request (API: ExecuteStatement or BatchExecuteStatement), again after a passing failure."""
        first_sent = time.monotonic()
        response = await retried(self._submit_once, RETRY_SECONDS)
        self.statement = Statement.from_response(response, self._request.name)
        # Only an earlier process's has failed already when it is answered; it may have done so this very second.
        had_failed = self.statement.status in UNSUCCESSFUL_STATUSES and not self._answer_was_lost
        # One second for the Date header, which has no fractions.
        self.was_submitted_before = (
            had_failed or age(response, "CreatedAt") > time.monotonic() - first_sent + 1.0
        )
        verb = "Found" if self.was_submitted_before else "Submitted"
        self._logger.info("%s %s (%s)", verb, self._request.name, self.statement.id)
        if not self.was_submitted_before:
            announce("submitted", self.statement)
        return self.statement

    async def _submit_once(self) -> dict[str, Any]:
        self._call = self._calls.start(self._request.operation, self._inputs)
        try:
            return await asyncio.wrap_future(self._call)
        except TransientCallError:
            self._answer_was_lost = True
            raise

    async def end(self, timeout: float) -> Statement:
        """Waits for the end of the submitted statement.

        Raises:
            StatementTimeoutError: `timeout` seconds have passed; the statement was cancelled.
        """
        if self.statement is None:
            raise RuntimeError("submit() comes before end().")
        self.statement = await wait_for_end(self._calls, self.statement.id, self._request.name, timeout)
        if not self.statement.has_ended:
            await self.abandon()
            # It may have finished while the cancellation was on its way: then that is how it ended.
            if self.statement.status != "FINISHED":
                raise StatementTimeoutError(self.statement)
        else:
            announce(self.statement.status.lower(), self.statement)
        self._log_end(self.statement)
        return self.statement

    def _log_end(self, statement: Statement) -> None:
        self._logger.info(
            "%s %s (%s) in %.1f s, rows %s, query %s",
            statement.status.capitalize(),
            self._request.name,
            statement.id,
            statement.seconds,
            statement.rows if statement.rows >= 0 else "-",
            statement.redshift_query_id or "-",
        )

    async def abandon(self) -> None:
        """Cancels the statement and reads its end state, however often this task itself is cancelled meanwhile."""
        if self.statement is not None and self.statement.has_ended:
            return
        # A thread does it, since the end of an event loop cancels every task, also one that only cleans up.
        await outlast(self._calls.in_background(self._cancel_and_confirm))
        # Not by that thread, which knows nothing of the Prefect run.
        if self.statement is not None and self.statement.has_ended:
            announce(self.statement.status.lower(), self.statement)

    def _cancel_and_confirm(self) -> None:
        try:
            statement_id = self._statement_id()
            if statement_id is None:
                return
            self.statement = cancel_and_confirm(self._calls, statement_id, self._request.name)
            self._logger.info(
                "Cancelled %s (%s): it ended %s", self._request.name, statement_id, self.statement.status
            )
        except RedshiftError as error:
            self._logger.error("Could not cancel %s: %s", self._request.name, error)

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
            return next((statement.id for statement in find_running(self._calls, self._request.name)), None)
        return None


def cancel_and_confirm(calls: Calls, statement_id: str, name: str) -> Statement:
    """Cancels a statement and waits for its end, blocking, for `CONFIRM_SECONDS` (API: CancelStatement).

    A statement that has ended already is no error.
    """
    deadline = time.monotonic() + CONFIRM_SECONDS
    asked = False
    while True:
        try:
            if not asked:
                asked = _ask_to_cancel(calls, statement_id)
            response = calls.request_once("DescribeStatement", {"Id": statement_id})
            statement = Statement.from_response(response, name)
            if statement.has_ended or time.monotonic() > deadline:
                return statement
        except TransientCallError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def _ask_to_cancel(calls: Calls, statement_id: str) -> bool:
    """Whether the service has accepted it, or has nothing left to cancel."""
    try:
        return bool(calls.request_once("CancelStatement", {"Id": statement_id}).get("Status", True))
    except CallError as error:
        if error.code == "ValidationException" and not isinstance(error, TransientCallError):
            return True
        raise


def cancel_by_name(calls: Calls, name_prefix: str) -> list[Statement]:
    """Cancels all running statements whose names start so, blocking, and returns them at their end."""
    running = list(find_running(calls, name_prefix))
    return [cancel_and_confirm(calls, statement.id, statement.name) for statement in running]


def find_running(calls: Calls, name_prefix: str) -> Iterator[Statement]:
    """The statements so named that have not ended (API: ListStatements, slow: never on the hot path)."""
    pager = Pager("ListStatements", {"StatementName": name_prefix, "Status": "ALL"})
    more = True
    while more:
        page = calls.request_once(pager.operation, pager.inputs)
        more = pager.turn(page)
        for data in page["Statements"]:
            if data.get("Status") not in ENDED_STATUSES:
                yield Statement.from_response(data, data.get("StatementName", ""))


def age(response: Mapping[str, Any], member: str) -> float:
    """Seconds between the time in `member` and the answer in which it came; both by the service's clock."""
    created = response.get(member)
    answered = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    if not created or not answered:
        return 0.0
    return float((parsedate_to_datetime(answered) - created).total_seconds())


async def outlast(work: "Future[T]") -> T:
    """The result of `work`, which is waited for even while the waiting task is cancelled again and again."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def wake(_: "Future[T]") -> None:
        with suppress(RuntimeError):  # the loop was closed first
            loop.call_soon_threadsafe(ended.set)

    work.add_done_callback(wake)
    with anyio.CancelScope(shield=True):
        while not work.done():
            with suppress(asyncio.CancelledError):
                await ended.wait()
    return work.result()
