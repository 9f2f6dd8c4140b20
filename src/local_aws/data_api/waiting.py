"""Long polls: requests that wait for a statement's end, woken the moment it comes."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

from local_aws.admin.faults import Faults
from local_aws.data_api.records.statement import Statement
from local_aws.wire.service_errors import ApiError

# AWS documents that there is such a number, not which.
PER_STATEMENT = 20


class WaitingRoom:
    """Parked requests, a bounded number for each statement."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._waiting: Counter[str] = Counter()

    async def wait(self, statement: Statement, request: dict[str, Any], number: int | None = None) -> None:
        """Return at the end of the statement or its part `number`, after WaitTimeSeconds, or as the stand-in stops."""
        seconds = request.get("WaitTimeSeconds")
        awaited = statement.parts[number - 1] if number else statement
        if not seconds or awaited.has_ended:
            return
        fault = self._faults.hit("waiting_limit", None, statement.name)
        allowed = fault.limit if fault else PER_STATEMENT
        if self._waiting[statement.id] >= allowed:
            words = f"Active waiting requests for the statement exceeded the allowed quota ({allowed})."
            raise ApiError("ActiveWaitingRequestsExceededException", words)
        self._waiting[statement.id] += 1
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(awaited.ended.wait(), seconds)
        finally:
            self._waiting[statement.id] -= 1
            if not self._waiting[statement.id]:
                del self._waiting[statement.id]
