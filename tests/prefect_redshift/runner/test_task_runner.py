"""The task runner as a flow's author uses it."""

# Prefect's types of submit() know futures only as they are given by value, and none that can be awaited.
# mypy: disable-error-code="arg-type, call-overload, misc, no-any-return, unused-coroutine"

import asyncio
import threading
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from prefect import flow, task
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from prefect_redshift.runner.task_runner import EventLoopTaskRunner, gather_or_cancel


@task
async def add(one: int, two: int) -> int:
    return one + two


@task
def thread_name() -> str:
    return threading.current_thread().name


@task
async def fail() -> None:
    raise ValueError("this one")


@task
async def wait_for_ever(seen: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise


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
        slow, failed = wait_for_ever.submit(seen), fail.submit()
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
        await asyncio.sleep(2)
        run.cancel()
        await run

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel_soon())
    assert seen == ["cancelled", "cancelled"]


def test_a_flow_that_forgets_its_futures_leaves_nothing_running(prefect_server: str) -> None:
    seen: list[str] = []

    @flow(task_runner=EventLoopTaskRunner())
    async def forgetful() -> None:
        wait_for_ever.submit(seen)
        await asyncio.sleep(0.5)

    asyncio.run(forgetful())
    assert seen == ["cancelled"]


def test_what_would_block_the_event_loop_says_what_to_do(prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    async def blocking() -> State[int]:
        future = add.submit(1, 2)
        with pytest.raises(RuntimeError, match="`await` the future"):
            future.wait()
        with pytest.raises(RuntimeError, match="`await` the future"):
            future.result()
        await gather_or_cancel(future)
        return future.state

    assert asyncio.run(blocking()).is_completed()


def test_what_has_ended_is_noticed_between_the_starts_of_many(prefect_server: str) -> None:
    seen: list[str] = []
    starts_by_turn: list[int] = []

    async def count_turns() -> None:
        while True:
            starts_by_turn.append(len(seen))
            await asyncio.sleep(0)

    @flow(task_runner=EventLoopTaskRunner())
    async def many() -> None:
        counting = asyncio.create_task(count_turns())
        await gather_or_cancel(*[note.submit(seen) for _ in range(20)])
        counting.cancel()

    asyncio.run(many())
    assert len(seen) == 20
    assert max(after - before for before, after in pairwise(starts_by_turn)) == 1


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
