"""Waiting for a clean-up that nobody may cut short."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

import anyio

T = TypeVar("T")


async def wait_uncancelled(work: "Future[T]") -> T:
    """Return the result of `work`, waited for even while the waiting task is cancelled again and again."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def wake(_: "Future[T]") -> None:
        with suppress(RuntimeError):  # the loop was closed first
            loop.call_soon_threadsafe(ended.set)

    work.add_done_callback(wake)
    with anyio.CancelScope(shield=True):
        while not work.done():
            with suppress(asyncio.CancelledError):
                await ended.wait()
    return work.result()
