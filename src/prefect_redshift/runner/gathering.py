"""Waiting for several futures at once, of this package's task runner or of another."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextvars import copy_context
from typing import Any, TypeVar

from prefect.client.schemas.objects import State
from prefect.exceptions import UpstreamTaskError
from prefect.futures import PrefectFuture, PrefectWrappedFuture
from prefect.logging import get_logger
from prefect.states import Crashed
from prefect.utilities.annotations import quote
from prefect.utilities.collections import StopVisiting, visit_collection

from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.runner.futures import EventLoopFuture, blocking_result
from prefect_redshift.runner.submitted_task import END_SECONDS
from prefect_redshift.runner.waiting import block_until_done, done_or_late

R = TypeVar("R")


async def gather_or_cancel(*futures: PrefectFuture[Any]) -> list[Any]:
    """Wait for all; the first failure, or this task's own cancellation, cancels those still running.

    What waits for a task that failed never starts. Whatever happens, nothing of it runs on when this returns or raises,
    but for tasks that cannot be cancelled: sync ones that run already, for which it waits 10 seconds, and all those of
    Prefect's own task runners that run already.

    Returns:
        The results, in the order of the futures.

    Raises:
        Exception: The first failure among the tasks.
    """
    gathering = _Gathering(futures)
    try:
        await asyncio.wrap_future(gathering.decided)
        gathering.raise_if_never_started()
        return [await state.aresult() for state in gathering.states()]
    except BaseException:
        gathering.cancel()
        await wait_uncancelled(done_or_late(gathering.ended, END_SECONDS))
        gathering.tell_of_running()
        raise


def gather_or_cancel_sync(*futures: PrefectFuture[Any]) -> list[Any]:
    """Wait as `gather_or_cancel` does, blocking: for sync flows.

    Returns:
        The results, in the order of the futures.

    Raises:
        Exception: The first failure among the tasks.
        RuntimeError: The caller is itself a task on the runner's event loop, which must not be blocked.
    """
    for future in futures:
        if isinstance(future, EventLoopFuture):
            future.refuse_to_block()
    gathering = _Gathering(futures)
    try:
        block_until_done(gathering.decided)
        gathering.raise_if_never_started()
        return [blocking_result(state) for state in gathering.states()]
    except BaseException:
        gathering.cancel()
        concurrent.futures.wait([gathering.ended], END_SECONDS)
        gathering.tell_of_running()
        raise


async def wait_all(futures: Iterable[PrefectFuture[Any]]) -> None:
    """Wait until all have ended, well or not; raise nothing of theirs, and cancel none."""
    await asyncio.wrap_future(_Gathering(futures).ended)


async def result_of(future: PrefectFuture[R]) -> R:
    """Return the result of one, for which Prefect's own type has only a blocking method.

    Raises:
        Exception: What the task has raised.
    """
    gathering = _Gathering([future])
    await asyncio.wrap_future(gathering.ended)
    (state,) = gathering.states()
    result: R = await state.aresult()
    return result


class _Gathering:
    """Futures, and what is known of their ends: `decided` once one has failed or all have ended, then `ended`."""

    def __init__(self, futures: Iterable[PrefectFuture[Any]]) -> None:
        self._futures = list(futures)
        self._states: dict[PrefectFuture[Any], State[Any]] = {}
        self._lock = threading.Lock()
        self.decided: Future[None] = Future()
        self.ended: Future[None] = Future()
        for event in (self.decided, self.ended):
            # Whoever waits may be cancelled, the event is not.
            event.set_running_or_notify_cancel()
        waited_for = set(self._futures)
        self._left = len(waited_for)
        if not waited_for:
            self.decided.set_result(None)
            self.ended.set_result(None)
        for future in waited_for:
            _when_ended(future, self._note)

    def _note(self, future: PrefectFuture[Any]) -> None:
        state = _state_at_end(future)
        with self._lock:
            self._states[future] = state
            self._left -= 1
            is_last = self._left == 0
            if (is_last or not state.is_completed()) and not self.decided.done():
                self.decided.set_result(None)
        if is_last:
            self.ended.set_result(None)

    def states(self) -> list[State[Any]]:
        """Return the futures' states in order; the first failure alone, if there is one."""
        failure = self._failure()
        return [failure] if failure else [self._states[future] for future in self._futures]

    def _failure(self) -> State[Any] | None:
        with self._lock:
            failures = [state for state in self._states.values() if not state.is_completed()]
        # One that never started has not failed by itself.
        return min(failures, key=lambda state: (not state.is_final(), state.timestamp), default=None)

    def raise_if_never_started(self) -> None:
        """Raise if nothing has failed among these, but something on which one of them depends."""
        if (failure := self._failure()) and failure.is_pending():
            raise UpstreamTaskError(failure.message)

    def cancel(self) -> None:
        """Cancel what has not ended."""
        for future in self._running():
            if isinstance(future, EventLoopFuture):
                future.cancel()
            elif isinstance(future, PrefectWrappedFuture):
                # A stock runner's future: what already runs on a thread of its own goes on.
                future.wrapped_future.cancel()

    def tell_of_running(self) -> None:
        """Warn of what did not end although it was cancelled."""
        if running := self._running():
            get_logger("task_runner").warning("%s tasks cannot be cancelled and run on.", len(running))

    def _running(self) -> list[PrefectFuture[Any]]:
        with self._lock:
            return [future for future in set(self._futures) if future not in self._states]


def _when_ended(future: PrefectFuture[Any], tell: Callable[[PrefectFuture[Any]], None]) -> None:
    if isinstance(future, PrefectWrappedFuture):
        future.add_done_callback(tell)
        return

    def wait() -> None:
        _state_at_end(future)
        tell(future)

    # It runs in another process: Prefect asks its API for it, blocking.
    threading.Thread(target=copy_context().run, args=(wait,), daemon=True).start()


def _state_at_end(future: PrefectFuture[Any]) -> State[Any]:
    if isinstance(future, EventLoopFuture):
        return future.state
    try:
        future.wait()
    except BaseException as error:
        return Crashed(message=f"{type(error).__name__}: {error}", data=error)
    return future.state


def futures_in(expression: Any) -> list[PrefectFuture[Any]]:
    """Return the futures anywhere in nested arguments, except in what is quoted."""
    found: list[PrefectFuture[Any]] = []

    def note(value: Any) -> Any:
        if isinstance(value, quote):
            raise StopVisiting
        if isinstance(value, PrefectFuture):
            found.append(value)
        return value

    visit_collection(expression, visit_fn=note, return_data=False)
    return found
