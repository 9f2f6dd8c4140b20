"""Coroutines for code that is not async: run on an event loop of their own, and waited for by whoever called.

It works wherever the caller is: in a script, a sync flow, a thread, and in a notebook, whose event loop runs already.
The coroutine sees the caller's context variables. Whatever breaks into the waiting (Ctrl-C, SIGTERM, the timeout of a
flow) cancels it, and its end is waited for, so that a statement is cancelled with the code that runs it.
"""

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Future, wait
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, Protocol, Self, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# How long the end of what was cancelled is waited for. Prefect kills a process 30 seconds after it asked it to end.
END_SECONDS = 10.0
# A thread that waits notices this often that an exception was raised in it.
_NOTICE_SECONDS = 0.1
# How much is fetched for a `for` loop before the loop goes on: to change threads costs more than a row.
_FETCH_SECONDS = 0.005
_MOST_ITEMS = 1_000


class Canceller(Protocol):
    """Who can cancel the caller, and so what the caller waits for."""

    def started_within(self, cancel: Callable[[], None]) -> None:
        """Have `cancel` called, on any thread, when the caller is cancelled."""

    def ended_within(self, cancel: Callable[[], None]) -> None:
        """Forget what was told to `started_within`."""


# Set by what runs sync code on a thread that it cannot interrupt.
canceller: ContextVar[Canceller | None] = ContextVar("canceller", default=None)


class _LoopThread:
    """An event loop on a thread that lives as long as the process."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.process = os.getpid()
        self._thread = threading.Thread(target=self.loop.run_forever, name="redshift-blocking", daemon=True)
        self._thread.start()


_starting = threading.Lock()
_thread: _LoopThread | None = None


def _loop() -> asyncio.AbstractEventLoop:
    global _thread
    with _starting:
        # A forked process has the object, and not its thread.
        if _thread is None or _thread.process != os.getpid():
            _thread = _LoopThread()
        return _thread.loop


def is_on_blocking_loop() -> bool:
    """Whether the caller is a coroutine that blocking code waits for."""
    try:
        return _thread is not None and asyncio.get_running_loop() is _thread.loop
    except RuntimeError:
        return False


def run_blocking(coroutine: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine to its end, wherever the caller is, and return what it returns.

    Raises:
        RuntimeError: The caller is such a coroutine itself.
    """
    if is_on_blocking_loop():
        coroutine.close()
        raise RuntimeError(
            "A coroutine that blocking code waits for cannot block itself: await the async form."
        )
    loop = _loop()
    ended: Future[R] = Future()
    task: asyncio.Task[R] | None = None

    def start() -> None:
        nonlocal task
        task = loop.create_task(coroutine)
        task.add_done_callback(lambda done: _pass_on(done, ended))

    def cancel() -> None:
        loop.call_soon_threadsafe(lambda: task and task.cancel())

    within = canceller.get()
    # A callback sees the context of whoever asked for it, and so does the task that it starts.
    try:
        loop.call_soon_threadsafe(start)
        if within is not None:
            within.started_within(cancel)
        while not ended.done():
            wait([ended], _NOTICE_SECONDS)
    except BaseException:
        cancel()
        wait([ended], END_SECONDS)
        raise
    finally:
        if within is not None:
            within.ended_within(cancel)
    return ended.result()


def _pass_on(task: "asyncio.Task[R]", ended: "Future[R]") -> None:
    if task.cancelled():
        ended.set_exception(asyncio.CancelledError())
    elif (error := task.exception()) is not None:
        ended.set_exception(error)
    else:
        ended.set_result(task.result())


def blocking(method: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, R]:
    """Make a function that returns what the coroutine of `method` returns, with its parameters and documentation."""

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return run_blocking(method(*args, **kwargs))

    # Whoever unwraps it would take it for async.
    call.__signature__ = signature(method)  # type: ignore[attr-defined]
    del call.__wrapped__
    return call


class Stream(AsyncIterator[T], Iterator[T]):
    """Items that are iterated by `async for` in async code, by `for` elsewhere; once.

    `for` fetches what is there within 5 ms, or 1,000 items, at a time.
    """

    def __init__(self, items: AsyncIterator[T]) -> None:
        self._items = items
        self._fetched: deque[T] = deque()
        self._end: BaseException | None = None

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items

    async def __anext__(self) -> T:
        return await anext(self._items)

    async def aclose(self) -> None:
        """Stop, and let go of what is still to come."""
        if isinstance(self._items, AsyncGenerator):
            await self._items.aclose()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if not self._fetched and self._end is None:
            run_blocking(self._fetch())
        if self._fetched:
            return self._fetched.popleft()
        end, self._end = self._end, StopAsyncIteration()
        if end is None or isinstance(end, StopAsyncIteration):
            raise StopIteration
        raise end

    async def _fetch(self) -> None:
        until = time.monotonic() + _FETCH_SECONDS
        try:
            while len(self._fetched) < _MOST_ITEMS:
                self._fetched.append(await anext(self._items))
                if time.monotonic() > until:
                    break
        # What came before an error is passed on first.
        except (Exception, asyncio.CancelledError) as error:
            self._end = error

    def close(self) -> None:
        """Stop, and let go of what is still to come."""
        self._fetched.clear()
        self._end = StopAsyncIteration()
        run_blocking(self.aclose())
