"""The turns of calls, in the order in which they were asked for."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from typing import Protocol

from prefect_redshift.aws.pacing.speed import Speed

# Which part of the rates a process uses that shares them, before the others know of it. What this comes to beside the
# whole that they use is taken from the burst.
NEWCOMER_PART = 1 / 32
# The longest sleep, after which it is looked whether the speed has changed.
_NAP_SECONDS = 0.1


class Sharing(Protocol):
    """Divides the rates among processes; equal ones divide them alike."""

    def use(self, told: Callable[[float], None]) -> None:
        """Hear that calls are made now; `told` is called from any thread with the part of the rates that they may use.

        It is called before each call, and while calls wait, and returns at once.
        """


class _Line:
    """The calls of one operation that wait for their turn, on whatever threads and event loops they do.

    Args:
        rate: Calls a second that the service allows.
        used: Called before each call, and while calls wait.
    """

    def __init__(self, rate: float, used: Callable[[], None]) -> None:
        self._speed = Speed(rate, time.monotonic())
        self._used = used
        self._waiting: deque[Future[None]] = deque()
        self._lock = threading.Lock()
        self._is_served = False

    def join(self, *, in_front: bool) -> "Future[None] | None":
        """Return what is done when it is one's turn; None where that is now."""
        self._used()
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
                # Whoever shares the rates may be found by what belongs to the context.
                serve = partial(copy_context().run, self._serve)
                threading.Thread(target=serve, name="aws-pace", daemon=True).start()
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
            self._used()
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
    """The lines of the operations of one account in one region.

    Args:
        rates: Calls a second that the service allows an account, by operation. Others are not paced.
    """

    def __init__(self, rates: Mapping[str, float]) -> None:
        self._lines = {operation: _Line(rate, self._use) for operation, rate in rates.items()}
        self._lock = threading.Lock()
        self._parts: dict[Sharing, float] = {}

    def share(self, sharing: Sharing) -> None:
        """Divide the rates with other processes by `sharing`; by several, the smallest part counts."""
        with self._lock:
            is_known = sharing in self._parts
        if not is_known:
            self._keep_to(sharing, NEWCOMER_PART)

    def _use(self) -> None:
        for sharing in tuple(self._parts):
            sharing.use(partial(self._keep_to, sharing))

    def _keep_to(self, sharing: Sharing, part: float) -> None:
        with self._lock:
            if self._parts.get(sharing) == part:
                return
            self._parts[sharing] = part
            for line in self._lines.values():
                line.use(min(self._parts.values()))

    async def turn(self, operation: str, *, in_front: bool = False) -> None:
        """Wait until a call may be made.

        Args:
            operation: The API's name of it.
            in_front: Before those that wait already, for a call that has waited before.
        """
        line = self._lines.get(operation)
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
