"""Notices that a flow is to end while its own code cannot: it is blocked, or cleans up first."""

import asyncio
import math
from collections.abc import Callable

import anyio

# Twice this long may pass between the flow's cancellation and that of its tasks.
LOOK_SECONDS = 0.04


class FlowWatch:
    """Cancels the tasks of an async flow when its event loop ends, and when the flow is to end but blocks.

    An event loop that ends (after SIGTERM) cancels all its tasks, but those of the flow run on another loop. And a
    flow that waits in `future.result()` does not see that it was cancelled (by Ctrl-C) or that its timeout has passed.

    Args:
        cancel_tasks: Cancels the flow's tasks, from any thread.
    """

    def __init__(self, cancel_tasks: Callable[[], None]) -> None:
        self._cancel_tasks = cancel_tasks
        self._loop = asyncio.get_running_loop()
        self._flow = asyncio.current_task()
        self._deadline = math.inf
        self._has_turned = False
        self._has_stopped = False
        self._sentinel = self._loop.create_task(self._wait_for_the_loops_end())

    def note_timeout(self) -> None:
        """Note when the flow is to end by its timeout, if the caller is the flow."""
        if _running_loop() is self._loop:
            self._deadline = _deadline()

    def stop(self) -> None:
        """Stop watching."""
        self._has_stopped = True
        self._sentinel.cancel()

    async def _wait_for_the_loops_end(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not self._has_stopped:
                self._cancel_tasks()
            raise

    async def look(self) -> None:
        """Look for a flow that is to end and blocks, until cancelled; runs on the event loop of the tasks."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._is_to_end:
                self._has_turned = False
                self._loop.call_soon_threadsafe(self._turn)
                await asyncio.sleep(LOOK_SECONDS)
                if not self._has_turned and self._is_to_end:
                    self._cancel_tasks()

    @property
    def _is_to_end(self) -> bool:
        return self._is_cancelled or self._loop.time() > self._deadline

    @property
    def _is_cancelled(self) -> bool:
        # A flow that awaits is cancelled for a moment, too, as it leaves a cancel scope.
        flow = self._flow
        return flow is not None and asyncio.current_task(self._loop) is flow and flow.cancelling() > 0

    def _turn(self) -> None:
        self._has_turned = True


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _deadline() -> float:
    """When the calling asyncio task is cancelled by a timeout, in the time of its event loop."""
    return anyio.current_effective_deadline() if asyncio.current_task() else math.inf


def has_timed_out() -> bool:
    """Whether a timeout of the asyncio task that calls has passed, which it cannot notice while it blocks."""
    loop = _running_loop()
    return loop is not None and _deadline() <= loop.time()


def watch_of_running_flow(cancel_tasks: Callable[[], None]) -> FlowWatch | None:
    """Watch the async flow that calls this; a sync flow sees its end itself, as an exception."""
    return FlowWatch(cancel_tasks) if _running_loop() else None
