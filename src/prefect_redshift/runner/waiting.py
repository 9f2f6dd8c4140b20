"""Waiting for what runs on another thread, for some time only, and without missing the end of the own flow."""

import asyncio
import math
import threading
import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any

from prefect.context import FlowRunContext

from prefect_redshift.runner.flow_watch import has_timed_out

# A thread that waits notices this often that an exception was raised in it, such as that of its flow's timeout.
NOTICE_SECONDS = 0.1


def block_until_done(work: "Future[Any]", timeout: float | None = None) -> None:
    """Block until the work is done, at most for `timeout` seconds.

    Raises:
        TimeoutError: The timeout of the async flow that calls has passed.
        Pause: The flow run was asked to be suspended.
    """
    end = math.inf if timeout is None else time.monotonic() + timeout
    # A signal that breaks into `concurrent.futures.wait` can leave a lock taken that the work's thread needs, and both
    # wait for ever. One that breaks into the acquisition of a plain lock leaves nothing behind.
    pending = threading.Lock()
    pending.acquire()
    work.add_done_callback(lambda _: pending.release())
    while (left := end - time.monotonic()) > 0 and not pending.acquire(timeout=min(NOTICE_SECONDS, left)):
        pass
    if context := FlowRunContext.get():
        context.flow_run_suspension_request.raise_if_requested()
    if has_timed_out():
        raise TimeoutError("The timeout of the flow has passed.")


def done_or_late(work: "Future[Any]", seconds: float) -> "Future[None]":
    """Return what is done when the work is, or after so many seconds of the running event loop."""
    either: Future[None] = Future()

    def end(*_: Any) -> None:
        with suppress(InvalidStateError):  # the other came first
            either.set_result(None)

    work.add_done_callback(end)
    asyncio.get_running_loop().call_later(seconds, end)
    return either
