"""An event loop on a thread of its own, which ends by itself once nothing runs on it any more."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any

from prefect.context import AsyncClientContext, SyncClientContext


class EventLoopThread:
    """Runs coroutines, each in a context of its own, with one client of Prefect's API for all of them.

    Args:
        name: The thread's name.
    """

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._running: set[asyncio.Task[Any]] = set()
        self._background: set[asyncio.Task[Any]] = set()
        self._clients = _ApiClients(copy_context())
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.ended: Future[None] = Future()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether the caller is on this thread, which must not be blocked."""
        return threading.current_thread() is self._thread

    def call_soon(self, function: Callable[[], object]) -> None:
        """Call a function on the thread, from any thread."""
        self._loop.call_soon_threadsafe(function)

    def create_task(
        self, coroutine: Coroutine[Any, Any, Any], name: str, context: Context
    ) -> "asyncio.Task[Any]":
        """Run a coroutine to its end, in this context; to be called on the thread."""
        task = self._loop.create_task(coroutine, name=name, context=context)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def run_in_background(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine until the loop stops, from any thread."""

        def start() -> None:
            task = self._loop.create_task(coroutine)
            self._background.add(task)
            task.add_done_callback(self._background.discard)

        self.call_soon(start)

    def open_api_client(self) -> None:
        """Begin to open the client of Prefect's API, which the first task would wait for; from any thread."""
        self.run_in_background(self._clients.open_ahead())

    async def api_client(self) -> AsyncClientContext:
        """Return the client of Prefect's API that belongs to this loop; the first call opens it."""
        return await self._clients.open()

    def sync_api_client(self) -> SyncClientContext:
        """Return the client for tasks on threads; the first call opens it."""
        return self._clients.open_sync()

    def stop_when_idle(self) -> None:
        """Let the loop end, and with it the thread, once its tasks have ended: `ended` tells."""
        self.call_soon(lambda: self._background.add(self._loop.create_task(self._stop_when_idle())))

    async def _stop_when_idle(self) -> None:
        while self._running:
            await asyncio.wait(self._running)
        await self._clients.close()
        self._loop.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(_cancelled(asyncio.all_tasks(self._loop)))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()
            self.ended.set_result(None)


async def _cancelled(tasks: "set[asyncio.Task[Any]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _ApiClients:
    """Clients of Prefect's API, opened once: a client belongs to an event loop, and takes 20 ms to open."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._opened: asyncio.Future[AsyncClientContext] | None = None
        self._closing = asyncio.Event()
        self._holder: asyncio.Task[None] | None = None
        self._sync: SyncClientContext | None = None

    async def open(self) -> AsyncClientContext:
        """Return the client, as what `get_client` looks for in a task's context."""
        if self._opened is None:
            loop = asyncio.get_running_loop()
            self._opened = loop.create_future()
            # One task both enters and leaves the context, as context variables want it.
            self._holder = loop.create_task(self._hold(self._opened), context=self._context.copy())
        return await asyncio.shield(self._opened)

    async def open_ahead(self) -> None:
        """Open the client; what goes wrong is for the first task that wants it."""
        with suppress(Exception):
            await self.open()

    async def _hold(self, opened: "asyncio.Future[AsyncClientContext]") -> None:
        try:
            async with AsyncClientContext() as client:
                opened.set_result(client)
                await self._closing.wait()
        except Exception as error:
            if not opened.done():
                opened.set_exception(error)

    def open_sync(self) -> SyncClientContext:
        """Return the client for tasks on threads, which they share."""
        if self._sync is None:
            self._sync = self._context.run(SyncClientContext().__enter__)
        return self._sync

    async def close(self) -> None:
        """Close what was opened."""
        self._closing.set()
        if self._holder is not None:
            await self._holder
        if self._sync is not None:
            self._context.run(self._sync.__exit__, None, None, None)
