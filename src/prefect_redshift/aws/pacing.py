"""The pace of calls: as fast as the service allows, and slower where others use up what it allows.

AWS refuses calls of an operation beyond a rate that holds for a whole account and region, after a burst. Calls are made
in the order in which they were asked for. Each client keeps to the published rate; when calls are refused all the same,
others call as well, and it takes a smaller share: half at once, and slowly more again, as TCP does (CUBIC).
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

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
# Which part of the rates a process uses that shares them, before it knows how many do.
UNKNOWN_PART = 1 / 8
# The longest sleep, after which it is looked whether the speed has changed.
_NAP_SECONDS = 0.1


class Sharing(Protocol):
    """Divides the rates among processes."""

    def use(self, told: Callable[[float], None]) -> None:
        """Hear that calls are made now; `told` is called from any thread with the part of the rates that they may use.

        It is called before each call, and returns at once.
        """


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


class _Speed:
    """How fast a line moves.

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


class _Line:
    """The calls of one operation that wait for their turn, on whatever threads and event loops they do."""

    def __init__(self, rate: float) -> None:
        self._speed = _Speed(rate, time.monotonic())
        self._waiting: deque[Future[None]] = deque()
        self._lock = threading.Lock()
        self._is_served = False

    def join(self, *, in_front: bool) -> "Future[None] | None":
        """Return what is done when it is one's turn; None where that is now."""
        with self._lock:
            if not self._waiting and self._speed.delay(time.monotonic()) <= 0:
                self._speed.take()
                return None
            turn: Future[None] = Future()
            if in_front:
                self._waiting.appendleft(turn)
            else:
                self._waiting.append(turn)
            if not self._is_served:
                self._is_served = True
                threading.Thread(target=self._serve, name="aws-pace", daemon=True).start()
            return turn

    def _serve(self) -> None:
        """Call one after the other, until nobody waits."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_served = False
                    return
                delay = self._speed.delay(time.monotonic())
                turn = self._waiting.popleft() if delay <= 0 else None
                # Whoever was cancelled meanwhile takes no turn.
                if turn is not None and turn.set_running_or_notify_cancel():
                    self._speed.take()
                    turn.set_result(None)
            if delay > 0:
                time.sleep(min(delay, _NAP_SECONDS))

    def count(self) -> None:
        """Count a call that is made without a turn."""
        with self._lock:
            self._speed.take()

    def use(self, part: float) -> None:
        """Use so much of the rate."""
        with self._lock:
            self._speed.use(part, time.monotonic())

    def answered(self, *, refused: bool) -> None:
        """Hear whether a call was refused, because the rate was exceeded."""
        with self._lock:
            (self._speed.refused if refused else self._speed.accepted)(time.monotonic())


class Pacer:
    """The lines of one client's operations.

    Args:
        rates: Calls a second that the service allows an account, by operation. Others are not paced.
        sharing: Divides the rates among processes.
    """

    def __init__(self, rates: Mapping[str, float], sharing: Sharing | None = None) -> None:
        self._rates = rates
        self._sharing = sharing
        self._lines = {operation: _Line(rate) for operation, rate in rates.items()}
        if sharing is not None:
            self._use(UNKNOWN_PART)

    def __reduce__(self) -> tuple[type["Pacer"], tuple[Mapping[str, float], Sharing | None]]:
        return (type(self), (self._rates, self._sharing))

    def _use(self, part: float) -> None:
        for line in self._lines.values():
            line.use(part)

    async def turn(self, operation: str, *, in_front: bool = False) -> None:
        """Wait until a call may be made.

        Args:
            operation: The API's name of it.
            in_front: Before those that wait already, for a call that has waited before.
        """
        line = self._lines.get(operation)
        if line and self._sharing is not None:
            self._sharing.use(self._use)
        turn = line.join(in_front=in_front) if line else None
        if turn is not None:
            await asyncio.wrap_future(turn)

    def count(self, operation: str) -> None:
        """Count a call that cannot wait for its turn, such as one that cleans up."""
        if line := self._lines.get(operation):
            line.count()

    def answered(self, operation: str, *, refused: bool) -> None:
        """Hear whether a call was refused, because the rate was exceeded."""
        if line := self._lines.get(operation):
            line.answered(refused=refused)
