"""The task runner as a flow's author uses it."""

# Prefect's types of submit() know futures only as they are given by value, and none that can be awaited.
# mypy: disable-error-code="arg-type, attr-defined, call-overload, misc, no-any-return, unused-coroutine"

import asyncio
import pickle
import threading
import time
from typing import Any, ClassVar

import pytest
from prefect import flow, task
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.states import Suspended
from prefect.utilities.annotations import quote

from prefect_redshift.runner.gathering import gather_or_cancel
from prefect_redshift.runner.task_runner import EventLoopTaskRunner


@task
async def add(one: int, two: int) -> int:
    return one + two


@task
def thread_name() -> str:
    return threading.current_thread().name


@task
async def fail_once_another_waits(seen: list[str]) -> None:
    await waited(seen)
    seen.clear()
    raise ValueError("this one")


@task
async def wait_for_ever(seen: list[str]) -> None:
    seen.append("waits")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise


async def waited(seen: list[str], tasks: int = 1) -> None:
    """Return once so many tasks wait for ever."""
    async with asyncio.timeout(60):
        while seen != ["waits"] * tasks:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@task
async def note(seen: list[str]) -> None:
    seen.append("ran")


def test_futures_are_awaited_and_passed_on(prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    async def adding() -> int:
        three = add.submit(1, 2)
        nested = add.submit(three, two=three)
        assert await three == 3
        return await nested

    assert asyncio.run(adding()) == 6


def test_a_sync_task_runs_on_a_thread(prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    async def threaded() -> str:
        return await thread_name.submit()

    assert asyncio.run(threaded()) != threading.main_thread().name


def test_the_first_failure_cancels_what_runs_and_what_waits_never_starts(prefect_server: str) -> None:
    seen: list[str] = []

    @flow(task_runner=EventLoopTaskRunner())
    async def failing() -> None:
        slow, failed = wait_for_ever.submit(seen), fail_once_another_waits.submit(seen)
        later = note.submit(seen, wait_for=[slow, failed])
        await gather_or_cancel(slow, failed, later)

    with pytest.raises(ValueError, match="this one"):
        asyncio.run(failing())
    assert seen == ["cancelled"]


def test_a_cancelled_flow_cancels_its_tasks_and_waits_for_them(prefect_server: str) -> None:
    seen: list[str] = []

    @flow(task_runner=EventLoopTaskRunner())
    async def cancelled() -> None:
        await gather_or_cancel(wait_for_ever.submit(seen), wait_for_ever.submit(seen))

    async def cancel_soon() -> None:
        run = asyncio.create_task(cancelled())
        await waited(seen, 2)
        seen.clear()
        run.cancel()
        await run

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel_soon())
    assert seen == ["cancelled", "cancelled"]


def test_a_flow_that_forgets_its_futures_leaves_nothing_running(
    prefect_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    @flow(task_runner=EventLoopTaskRunner())
    async def forgetful() -> None:
        wait_for_ever.submit(seen)
        await waited(seen)

    with caplog.at_level("WARNING"):
        asyncio.run(forgetful())
    assert seen == ["waits", "cancelled"]
    assert "The flow has ended while wait_for_ever still ran: cancelled." in caplog.text


class Watched(Block):
    """A block that notes when its fields are looked through."""

    looks: ClassVar[list[str]] = []
    depth: int = 1

    def __iter__(self) -> Any:
        self.looks.append("fields")
        return super().__iter__()


@task(cache_policy=NO_CACHE)
async def identity(block: Block) -> int:
    return id(block)


def test_a_block_arrives_as_itself_and_is_not_looked_through(prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    async def passing(block: Watched) -> bool:
        block.looks.clear()
        return await identity.submit(block) == id(block)

    assert asyncio.run(passing(Watched()))
    assert Watched.looks == []


def test_many_tasks_take_no_thread_each(prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    async def many() -> int:
        futures = [add.submit(number, 1) for number in range(100)]
        before = threading.active_count()
        await gather_or_cancel(*futures)
        return threading.active_count() - before

    assert asyncio.run(many()) < 20


def test_the_end_waits_for_a_sync_task_but_not_for_ever(
    prefect_server: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("prefect_redshift.runner.submitted_task.END_SECONDS", 2.0)
    released, begun = threading.Event(), threading.Semaphore(0)
    ended: list[str] = []

    @task
    def short() -> None:
        begun.release()
        time.sleep(0.2)
        ended.append("short")

    @task
    def endless() -> None:
        begun.release()
        released.wait()

    @flow(task_runner=EventLoopTaskRunner())
    def ending() -> Any:
        started = [short.submit(), endless.submit()]
        assert begun.acquire(timeout=60)
        assert begun.acquire(timeout=60)
        return quote(started[1])

    try:
        with caplog.at_level("WARNING"):
            future = ending().unquote()
        assert ended == ["short"]
        assert "endless did not end although cancelled" in caplog.text
        assert future.state.is_cancelled()
    finally:
        released.set()


def test_a_cancelled_sync_task_is_not_tried_again(prefect_server: str) -> None:
    tries: list[int] = []

    @task(retries=5, retry_delay_seconds=0.1)
    def failing() -> None:
        tries.append(1)
        raise ValueError

    @flow(task_runner=EventLoopTaskRunner())
    def cancelling() -> bool:
        future = failing.submit()
        while not tries:
            time.sleep(0.01)
        future.cancel()
        future.wait()
        return future.state.is_cancelled()

    assert cancelling()
    assert len(tries) == 1


def test_the_timeout_of_a_flow_that_blocks_ends_it(prefect_server: str) -> None:
    seen: list[str] = []

    @flow(task_runner=EventLoopTaskRunner(), timeout_seconds=3)
    async def blocking() -> None:
        wait_for_ever.submit(seen).result()

    with pytest.raises(TimeoutError):
        asyncio.run(blocking())
    assert seen == ["waits", "cancelled"]


def test_a_flow_run_that_is_suspended_stops_where_it_waits(prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    def suspended() -> None:
        context = FlowRunContext.get()
        assert context is not None
        future = add.submit(1, 2)
        context.flow_run_suspension_request.mark_requested(Suspended())
        future.result()

    with pytest.raises(Pause):
        suspended()


def test_a_flow_with_the_runner_can_be_sent_to_another_process() -> None:
    runner = pickle.loads(pickle.dumps(EventLoopTaskRunner()))
    assert isinstance(runner.duplicate(), EventLoopTaskRunner)
