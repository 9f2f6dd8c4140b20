"""Waiting for what runs on another thread, for some time only, and without missing the end of the own flow."""

import asyncio
import concurrent.futures
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
    end = None if timeout is None else time.monotonic() + timeout
    while not work.done() and (end is None or time.monotonic() < end):
        left = NOTICE_SECONDS if end is None else min(NOTICE_SECONDS, max(0.0, end - time.monotonic()))
        concurrent.futures.wait([work], left)
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
