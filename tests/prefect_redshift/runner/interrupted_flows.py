"""Flows that wait for ever in different ways, for a process of its own each.

Each task prints "running" and, once it sees its cancellation, "cancelled" with the time.
"""

# Prefect's types of submit() know futures only as they are given by value.
# mypy: disable-error-code="misc, unused-coroutine, no-any-return"

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from prefect import Flow, flow, task
from prefect.client.schemas.objects import FlowRun, State
from prefect.futures import as_completed, wait

from prefect_redshift.runner import signals
from prefect_redshift.runner.gathering import gather_or_cancel, gather_or_cancel_sync
from prefect_redshift.runner.task_runner import EventLoopTaskRunner

on_event_loop = flow(task_runner=EventLoopTaskRunner())


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


@task
async def endless() -> None:
    say("running")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        say(f"cancelled {time.time()}")
        raise


def two() -> list[Any]:
    return [endless.submit(), endless.submit()]


@on_event_loop
async def awaits() -> None:
    await gather_or_cancel(*two())


@on_event_loop
async def awaits_while_a_callback_runs() -> None:
    two()
    asyncio.get_running_loop().call_soon(time.sleep, 2)
    await asyncio.sleep(600)


@on_event_loop
async def sleeps_and_cleans_up() -> None:
    two()
    try:
        await asyncio.sleep(600)
    finally:
        await asyncio.sleep(2)
        say("cleaned up")


@on_event_loop
async def blocks() -> None:
    two()[0].result()


@on_event_loop
async def blocks_for_the_first() -> None:
    next(as_completed(two()))


@on_event_loop
async def awaits_a_nested_flow() -> None:
    endless.submit()

    @on_event_loop
    async def inner() -> None:
        await gather_or_cancel(endless.submit())

    await inner()


@on_event_loop
def blocks_sync() -> None:
    two()[0].result()


@on_event_loop
def gathers_sync() -> None:
    gather_or_cancel_sync(*two())


@on_event_loop
def waits_sync() -> None:
    wait(two())


@on_event_loop
def blocks_for_the_first_sync() -> None:
    next(as_completed(two()))


@on_event_loop
def sleeps_and_cleans_up_sync() -> None:
    two()
    try:
        time.sleep(600)
    finally:
        time.sleep(2)
        say("cleaned up")


@on_event_loop
def blocks_in_a_task_and_in_its_flow() -> None:
    @on_event_loop
    def inner() -> None:
        endless.submit().result()

    @task
    def runs_a_flow() -> None:
        inner()

    endless.submit()
    runs_a_flow.submit().result()


def terminate_as_the_next_wait_begins() -> None:
    """Have SIGTERM come once the main thread has let go of the interpreter, and before it waits, as on a busy machine.

    On one processor, the thread that sends it runs in the main thread's place.
    """
    say("started")
    if sys.platform == "linux":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sys.setswitchinterval(0.1)
    threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGTERM)).start()
    until = time.monotonic() + 0.05
    while time.monotonic() < until:
        pass


@flow(task_runner=EventLoopTaskRunner())
async def terminated_as_it_awaits() -> None:
    await asyncio.sleep(0.5)
    terminate_as_the_next_wait_begins()
    await asyncio.sleep(600)


@flow(task_runner=EventLoopTaskRunner())
def terminated_as_it_sleeps() -> None:
    time.sleep(0.5)
    terminate_as_the_next_wait_begins()
    time.sleep(600)


class TerminatesAsItDies:
    def __del__(self) -> None:
        say("started")
        os.kill(os.getpid(), signal.SIGTERM)


@flow(task_runner=EventLoopTaskRunner())
async def terminated_as_an_object_dies() -> None:
    TerminatesAsItDies()
    await asyncio.sleep(600)


@flow(task_runner=EventLoopTaskRunner())
async def terminated_as_an_object_dies_and_blocks() -> None:
    TerminatesAsItDies()
    time.sleep(600)  # noqa: ASYNC251


@flow(task_runner=EventLoopTaskRunner())
def terminated_as_an_object_dies_sync() -> None:
    TerminatesAsItDies()
    time.sleep(600)


@flow(task_runner=EventLoopTaskRunner())
async def terminated_in_three_callbacks_and_cleans_up() -> None:
    say("started")
    for _ in range(3):
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
    try:
        await asyncio.sleep(600)
    finally:
        await asyncio.sleep(1)
        say("cleaned up")


@asynccontextmanager
async def cancelled_scope() -> AsyncIterator[None]:
    """As anyio leaves the attempts to connect once one has succeeded: cancelled, and what awaits goes on after it."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        try:
            await asyncio.sleep(1)
        finally:
            with anyio.CancelScope(shield=True):
                yield


@flow(task_runner=EventLoopTaskRunner())
async def terminated_in_a_cancelled_scope() -> None:
    async with cancelled_scope():
        say("started")
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.5)
    await asyncio.sleep(600)


@flow(task_runner=EventLoopTaskRunner())
async def busy_in_a_cancelled_scope() -> None:
    task = says_that_it_ends.submit()
    async with cancelled_scope():
        asyncio.get_running_loop().call_soon(time.sleep, 0.5)
        await asyncio.sleep(0.1)
    await gather_or_cancel(task)


@task
async def says_that_it_ends() -> None:
    await asyncio.sleep(1)
    say("ended")


@flow(task_runner=EventLoopTaskRunner())
async def terminated_in_a_step_of_another_task() -> None:
    async def terminate() -> None:
        say("started")
        os.kill(os.getpid(), signal.SIGTERM)

    held = asyncio.create_task(terminate())
    await asyncio.sleep(600)
    held.cancel()


async def terminate_in_a_callback(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    say("started")


# Not the others' decorator: nobody sends it a signal but itself, before the runner has started.
@flow(task_runner=EventLoopTaskRunner(), on_running=[terminate_in_a_callback])
async def terminated_at_its_start() -> None:
    await asyncio.sleep(600)


# After which SIGTERM ends a flow once more. The others must not need it; that at the start was seen to go on, rarely.
AGAIN_SECONDS = {
    "terminated_in_a_step_of_another_task": 0.5,
    "terminated_at_its_start": signals.AGAIN_SECONDS,
}


def run(name: str) -> None:
    """Run one of them."""
    signals.AGAIN_SECONDS = AGAIN_SECONDS.get(name, 3600.0)
    interrupted = globals()[name]
    asyncio.run(interrupted()) if interrupted.isasync else interrupted()
