"""The submission of a statement, which waits for the statement's end where the service offers it."""

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from typing import Any

from prefect_redshift.aws.aws_client import CALL_SECONDS, AwsClient
from prefect_redshift.aws.call_errors import THROTTLE_CODES
from prefect_redshift.data_api.request import Request
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import CallError, TransientCallError

# How long a submission waits, of the 30 seconds that the service allows. The Id is not known meanwhile, so nobody can
# look the statement up; and beside a longer statement one more call is nothing.
SUBMISSION_WAIT_SECONDS = 10
# What is answered before any work: the same request may be made again as it is.
_REFUSALS = THROTTLE_CODES | {"ActiveStatementsExceededException"}


class Submission:
    """One statement's submission: the same request, maybe made several times.

    Args:
        client: The client.
        request: What is submitted.
        target: The inputs of the API that name the warehouse and the login.

    Attributes:
        operation: The API's operation.
        inputs: Its inputs, without a wait.
        name: The StatementName.
        call: The request that was made last; None before the first.
        waits: Whether that request waits for the statement's end.
        was_refused: Whether that request was refused before any work.
        answer_was_lost: Whether an earlier request may have arrived although it was not answered.
        has_told_end: Whether its answer tells all that is needed of a statement that has finished.
    """

    def __init__(self, client: AwsClient, request: Request, target: Mapping[str, str]) -> None:
        self._client = client
        self._result_format = request.result_format
        self._may_wait = request.may_wait
        self.operation = request.operation
        self.inputs = request.inputs(target)
        self.name = request.statement_name(target)
        self.call: Future[dict[str, Any]] | None = None
        self.waits = False
        self.was_refused = False
        self.answer_was_lost = False
        self.has_told_end = False
        self._has_turn = False

    async def wait_for_turn(self) -> None:
        """Wait until the client may make the request; then the next one has its turn already."""
        if not self._has_turn:
            await self._client.turn(self.operation, in_front=self.call is not None)
            self._has_turn = True

    async def once(self, deadline: float, wait_until: float) -> Statement:
        """Make the request once.

        It waits for the statement's end, unless an earlier one was not answered: then the Id is what is wanted, at
        once.

        Args:
            deadline: Until when the service may take the request, by the monotonic clock, in seconds.
            wait_until: Until when the end may be waited for, likewise.

        Raises:
            CallError: It was refused, or not answered.
        """
        await self.wait_for_turn()
        self._has_turn = False
        began = time.monotonic()
        wait = self._wait_seconds(wait_until - began)
        seconds = min(CALL_SECONDS, max(1.0, deadline - began)) + wait
        inputs = self.inputs | ({"WaitTimeSeconds": wait} if wait else {})
        self.waits, self.was_refused = wait > 0, False
        self.call = self._client.start(self.operation, inputs, seconds)
        try:
            response = await asyncio.wrap_future(self.call)
        except TransientCallError as error:
            self.was_refused = error.code in _REFUSALS
            self.answer_was_lost |= not self.was_refused
            self._may_wait &= self.was_refused
            raise
        except CallError as error:
            if not wait or not refuses_to_wait(error):
                raise
            self._may_wait = False
            return await self.once(deadline, wait_until)
        return self._told(response, time.monotonic() - began)

    def _wait_seconds(self, left: float) -> int:
        """Return how long the request may wait, in whole seconds as the API wants it; 0 for not at all."""
        if not self._may_wait or not self._client.accepts(self.operation, "WaitTimeSeconds"):
            return 0
        return max(0, round(left))

    def _told(self, response: Mapping[str, Any], seconds: float) -> Statement:
        told = Statement.from_response({"ResultFormat": self._result_format, **response}, self.name)
        self.has_told_end = told.status == "FINISHED" and "HasResultSet" in response
        if not told.has_ended or told.created_at is None:
            return told
        return replace(told, seconds=seconds, updated_at=told.created_at + timedelta(seconds=seconds))


def refuses_to_wait(error: CallError) -> bool:
    """Return whether an endpoint refuses the input WaitTimeSeconds, which it does not know."""
    return error.code in ("SerializationException", "ValidationException") and "WaitTimeSeconds" in str(error)
