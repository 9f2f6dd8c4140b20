"""Long polls: requests that wait for a statement's end, woken the moment it comes."""

import asyncio
from collections import Counter
from contextlib import suppress

from local_aws.data_api.statement import Statement
from local_aws.wire.errors import ApiError


class WaitingRoom:
    """Parked requests, a bounded number for each statement."""

    def __init__(self, per_statement: int = 20) -> None:
        self.per_statement = per_statement
        self._waiting: Counter[str] = Counter()

    async def wait(self, statement: Statement, seconds: int | None) -> None:
        """Return at the statement's end, after so many seconds, or when the stand-in stops."""
        if not seconds or statement.has_ended:
            return
        if self._waiting[statement.id] >= self.per_statement:
            raise ApiError(
                "ActiveWaitingRequestsExceededException",
                f"Active waiting requests for the statement exceeded the allowed quota ({self.per_statement}).",
            )
        self._waiting[statement.id] += 1
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await statement.ended.wait()
        finally:
            self._waiting[statement.id] -= 1
            if not self._waiting[statement.id]:
                del self._waiting[statement.id]
