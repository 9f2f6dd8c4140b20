"""The rates that the Data API publishes, for each account and region, where they are to be enforced."""

import time
from collections.abc import Callable

from local_aws.wire.service_errors import ApiError

PER_SECOND = {"ExecuteStatement": 30, "DescribeStatement": 100, "GetStatementResult": 20}


class Rates:
    """A bucket of tokens for each operation and region; it holds those of one second."""

    def __init__(self, *, enforced: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._enforced = enforced
        self._clock = clock
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, operation: str, region: str) -> None:
        """Take a token for one call; raise ThrottlingException when there is none."""
        rate = PER_SECOND.get(operation)
        if not self._enforced or rate is None:
            return
        now = self._clock()
        tokens, since = self._buckets.get((operation, region), (float(rate), now))
        tokens = min(float(rate), tokens + (now - since) * rate)
        self._buckets[operation, region] = (tokens - 1 if tokens >= 1 else tokens), now
        if tokens < 1:
            raise ApiError("ThrottlingException", "Rate exceeded")
