"""Making a call again after a failure that passes."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from prefect_redshift.exceptions import EndpointUnreachableError, TransientCallError

T = TypeVar("T")

RETRY_SECONDS = 60.0
# An endpoint at which nothing listens is more likely named wrongly than about to come up.
UNREACHABLE_SECONDS = 10.0


async def retried(call: Callable[[], Awaitable[T]], retry_seconds: float = RETRY_SECONDS) -> T:
    """Await `call()`, again after each `TransientCallError`, with exponential backoff and full jitter."""
    started = time.monotonic()
    attempt = 0
    while True:
        try:
            return await call()
        except TransientCallError as error:
            unreachable = isinstance(error, EndpointUnreachableError)
            budget = min(retry_seconds, UNREACHABLE_SECONDS) if unreachable else retry_seconds
            delay = backoff(attempt)
            if time.monotonic() - started + delay > budget:
                raise
        attempt += 1
        await asyncio.sleep(delay)


def backoff(attempt: int, base: float = 0.1, cap: float = 5.0) -> float:
    """Return the seconds to sleep before a retry: anything up to a bound that grows exponentially to `cap`."""
    # Not a secret: jitter only has to differ between clients.
    return random.uniform(0, min(cap, base * 2.0 ** min(attempt, 16)))  # noqa: S311
