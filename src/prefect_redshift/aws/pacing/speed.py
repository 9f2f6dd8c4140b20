"""How fast calls of one operation may be made: by the published rate, and slower after a refusal."""

from dataclasses import dataclass

# Of the burst that the service allows, a second's calls, so much is used: calls arrive unevenly.
BURST_SECONDS = 0.8
# How fast a burst is: over the rate, so that a single client uses it up, but not at once, where others begin as well.
PEAK = 4 / 3
# Calls that need no distance from each other.
AT_ONCE = 4
# After a refusal: what is left of the speed, how fast it grows again, in calls per cubic second, and the least.
DECREASE = 0.5
GROWTH = 0.1
SLOWEST = 0.5


@dataclass
class _Bucket:
    """Tokens that come at a rate up to a capacity; each call takes one."""

    rate: float
    capacity: float
    tokens: float
    since: float

    def delay(self, now: float) -> float:
        """Return the seconds until there is a token."""
        self.tokens = min(self.capacity, self.tokens + (now - self.since) * self.rate)
        self.since = now
        return max(0.0, (1 - self.tokens) / self.rate)


class Speed:
    """How fast a line of calls moves.

    Where calls are refused although it keeps to the rate, others call as well, and it takes a smaller share: half at
    once, and slowly more again, as TCP does (CUBIC).

    Args:
        rate: Calls a second that the service allows.
        now: By the monotonic clock, in seconds.
    """

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._peak = PEAK * rate
        # What the service allows, and how much of it is left by others.
        burst = max(1.0, BURST_SECONDS * rate)
        self._allowed = _Bucket(rate, burst, burst, now)
        self._pace = _Bucket(self._peak, AT_ONCE, AT_ONCE, now)
        self._refused_at: float | None = None
        self._goal = self._peak
        self._seconds_to_goal = 0.0

    def delay(self, now: float) -> float:
        """Return the seconds until a call may be made."""
        return max(self._allowed.delay(now), self._pace.delay(now))

    def take(self) -> None:
        """Count a call."""
        self._allowed.tokens -= 1
        self._pace.tokens -= 1

    def use(self, part: float, now: float) -> None:
        """Use so much of what the service allows."""
        self._allowed.delay(now)
        self._allowed.rate = part * self._rate
        self._allowed.capacity = max(1.0, BURST_SECONDS * self._allowed.rate)
        self._allowed.tokens = min(self._allowed.tokens, self._allowed.capacity)
        self._peak = PEAK * self._allowed.rate
        self._goal = min(self._goal, self._peak)
        self._set_pace(self._peak if self._refused_at is None else min(self._pace.rate, self._peak), now)

    def accepted(self, now: float) -> None:
        """Move faster: slowly near the speed at which a call was refused last, then faster and faster."""
        if self._refused_at is not None:
            grown = self._goal + GROWTH * (now - self._refused_at - self._seconds_to_goal) ** 3
            self._set_pace(min(self._peak, max(SLOWEST, grown)), now)

    def refused(self, now: float) -> None:
        """Move slower, and begin with a pause."""
        speed = self._pace.rate
        # Refused on the way up: there is less than before.
        self._goal = speed if speed >= self._goal else speed * (1 + DECREASE) / 2
        slower = max(SLOWEST, DECREASE * speed)
        self._seconds_to_goal = (max(0.0, self._goal - slower) / GROWTH) ** (1 / 3)
        self._refused_at = now
        self._set_pace(slower, now)
        for bucket in (self._allowed, self._pace):
            bucket.tokens = min(bucket.tokens, 0.0)

    def _set_pace(self, rate: float, now: float) -> None:
        self._pace.delay(now)
        self._pace.rate = rate
        self._pace.capacity = (
            max(1.0, AT_ONCE * self._peak / (PEAK * self._rate)) if rate >= self._peak else 1.0
        )
        self._pace.tokens = min(self._pace.tokens, self._pace.capacity)
