"""The idioms of async flows, which wait without blocking; futures of this runner and of Prefect's own."""

# Prefect's types of submit() know futures only as they are given by value, and none that can be awaited.
# mypy: disable-error-code="arg-type, attr-defined, call-overload, misc, no-any-return, return-value"
# mypy: disable-error-code="unused-coroutine"

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from prefect import flow, task
from prefect.exceptions import CancelledRun, UpstreamTaskError
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from prefect_redshift.runner.gathering import gather_or_cancel, result_of, wait_all
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from tests.prefect_redshift.runner.idioms import (
    Table,
    add,
    add_on_thread,
    append,
    check,
    fail,
    slow,
    too_slow,
)

AWAITING = Table()
ON_ANY_RUNNER = Table()


@AWAITING.case(3)
async def awaited() -> int:
    return await add.submit(1, 2)


@AWAITING.case([2, 2, 3])
async def awaited_twice_and_gathered() -> list[int]:
    one, two = add.submit(1), add_on_thread.submit(2)
    return [await one, *await asyncio.gather(one, two)]


@AWAITING.case(ValueError("this one"))
async def awaited_failure() -> None:
    await fail.submit()


@AWAITING.case(TimeoutError("timed out after 0.1"))
async def awaited_timeout_of_the_task() -> None:
    await too_slow.submit()


@AWAITING.case(CancelledRun("slow was cancelled"))
async def awaited_and_cancelled() -> None:
    future = slow.submit()
    asyncio.get_running_loop().call_later(0.1, future.cancel)
    await future


@AWAITING.case(False)
async def giving_up_waiting_cancels_nothing() -> bool:
    future = slow.submit()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(future, 0.1)
    return future.has_ended


@AWAITING.case(["first", "second"])
async def awaited_in_the_order_of_their_ends() -> list[str]:
    seen: list[str] = []
    first = append.submit(quote(seen), "first")
    await append.submit(quote(seen), "second", wait_for=[first])
    return seen


@AWAITING.case(3)
async def future_given_to_a_nested_flow() -> int:
    @flow(task_runner=EventLoopTaskRunner())
    async def inner(one: int) -> int:
        return await add.submit(one, 1)

    return await inner(add.submit(1))


@AWAITING.case(["COMPLETED"])
async def futures_returned() -> list[str]:
    @flow(task_runner=EventLoopTaskRunner())
    async def inner() -> list[Any]:
        return [add.submit(1)]

    return [state.type.value for state in await inner()]


@AWAITING.case("slow")
async def name() -> str:
    return slow.submit().name


@ON_ANY_RUNNER.case([2, 3])
async def gathered() -> list[int]:
    return await gather_or_cancel(add.submit(1), add_on_thread.submit(2))


@ON_ANY_RUNNER.case([])
async def nothing_gathered() -> list[Any]:
    return await gather_or_cancel()


@ON_ANY_RUNNER.case(ValueError("this one"))
async def gathered_failure() -> None:
    failed = fail.submit()
    await gather_or_cancel(add.submit(1), add.submit(failed), failed)


@ON_ANY_RUNNER.case(UpstreamTaskError("did not reach"))
async def gathered_without_the_one_that_failed() -> None:
    await gather_or_cancel(add.submit(fail.submit()))


@ON_ANY_RUNNER.case(["FAILED", "COMPLETED"])
async def all_waited_for() -> list[str]:
    futures = [fail.submit(), add.submit(1)]
    await wait_all(futures)
    return [future.state.type.value for future in futures]


@ON_ANY_RUNNER.case(2)
async def result_of_one() -> int:
    return await result_of(add.submit(1))


@ON_ANY_RUNNER.case(ValueError("this one"))
async def result_of_a_failure() -> None:
    await result_of(fail.submit())


@pytest.mark.parametrize(("body", "outcome"), [*AWAITING, *ON_ANY_RUNNER])
def test_in_an_async_flow(body: Callable[[], Any], outcome: Any, prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    async def awaiting() -> Any:
        return quote(await body())

    check(lambda: asyncio.run(awaiting()).unquote(), outcome)


@pytest.mark.parametrize(("body", "outcome"), AWAITING[:1])
def test_in_an_async_task(body: Callable[[], Any], outcome: Any, prefect_server: str) -> None:
    @task
    async def parent() -> Any:
        return await body()

    @flow(task_runner=EventLoopTaskRunner())
    def awaiting() -> Any:
        return parent.submit().result()

    check(awaiting, outcome)


@pytest.mark.parametrize(("body", "outcome"), ON_ANY_RUNNER)
def test_with_prefects_own_runner(body: Callable[[], Any], outcome: Any, prefect_server: str) -> None:
    @flow(task_runner=ThreadPoolTaskRunner())
    async def awaiting() -> Any:
        return quote(await body())

    check(lambda: asyncio.run(awaiting()).unquote(), outcome)


def test_what_waits_for_a_thread_of_prefects_own_runner_is_cancelled(prefect_server: str) -> None:
    started: list[int] = []

    @task
    def work(number: int) -> None:
        started.append(number)
        time.sleep(0.5)
        raise ValueError("this one")

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=1))
    async def queued() -> None:
        await gather_or_cancel(*work.map(range(5)))

    with pytest.raises(ValueError, match="this one"):
        asyncio.run(queued())
    assert len(started) < 5
