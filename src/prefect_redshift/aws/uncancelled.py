"""Waiting for a clean-up that nobody may cut short."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

import anyio

T = TypeVar("T")


async def wait_uncancelled(work: "Future[T]", seconds: float | None = None) -> T:
    """Return the result of `work`, waited for even while the waiting task is cancelled again and again.

    Args:
        work: What is done on a thread.
        seconds: How long it is waited for; without an end by default.

    Raises:
        TimeoutError: It has not ended by then; it goes on.
    """
    loop = asyncio.get_running_loop()
    woken = asyncio.Event()

    def wake(_: object = None) -> None:
        with suppress(RuntimeError):  # the loop was closed first
            loop.call_soon_threadsafe(woken.set)

    work.add_done_callback(wake)
    alarm = loop.call_later(seconds, woken.set) if seconds is not None else None
    with anyio.CancelScope(shield=True):
        while not work.done() and not woken.is_set():
            with suppress(asyncio.CancelledError):
                await woken.wait()
    if alarm is not None:
        alarm.cancel()
    return work.result(timeout=0)
