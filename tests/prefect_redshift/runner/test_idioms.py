"""The blocking idioms of Prefect's documentation of futures and task runners, each in a sync and in an async flow."""

# Prefect's types of submit() and map() know futures only as they are given by value.
# mypy: disable-error-code="arg-type, call-overload, misc, no-any-return, attr-defined"
# mypy: disable-error-code="unused-coroutine, return-value, list-item"

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any
from uuid import uuid4

import pytest
from prefect import allow_failure, flow, runtime, tags, task, unmapped
from prefect.exceptions import CancelledRun, UnfinishedRun, UpstreamTaskError
from prefect.futures import as_completed, wait
from prefect.utilities.annotations import quote

from prefect_redshift.runner.gathering import gather_or_cancel_sync
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from tests.prefect_redshift.runner.idioms import (
    Table,
    add,
    add_on_thread,
    append,
    cached,
    check,
    describe,
    fail,
    numbers,
    slow,
    too_slow,
    too_slow_on_thread,
    total,
)

BLOCKING = Table()


@BLOCKING.case(3)
def submit_and_result() -> int:
    return add.submit(1, 2).result()


@BLOCKING.case(3)
def sync_task() -> int:
    return add_on_thread.submit(1, 2).result()


@BLOCKING.case("COMPLETED")
def wait_and_state() -> str:
    future = add.submit(1)
    future.wait()
    return future.state.type.value


@BLOCKING.case(False)
def state_while_it_runs() -> bool:
    return slow.submit().state.is_final()


@BLOCKING.case([5, 7, 9])
def map_and_result() -> list[int]:
    return add.map([1, 2, 3], [4, 5, 6]).result()


@BLOCKING.case([13, 23])
def map_with_unmapped() -> list[int]:
    return total.map(unmapped([1, 2]), more=[10, 20]).result()


@BLOCKING.case([11, 12, 13])
def map_over_a_future_with_a_constant() -> list[int]:
    return add.map(numbers.submit(), 10).result()


@BLOCKING.case([2, 3])
def map_of_sync_tasks_and_wait() -> list[int]:
    futures = add_on_thread.map([1, 2])
    futures.wait()
    return [future.result() for future in futures]


@BLOCKING.case([1000] + [1001] * 99)
def map_of_many() -> list[int]:
    return sorted(add.map([999] + [1000] * 99).result())


@BLOCKING.case((3, 0))
def wait_for_several() -> tuple[int, int]:
    done, not_done = wait([add.submit(1), add_on_thread.submit(1), fail.submit()])
    return len(done), len(not_done)


@BLOCKING.case((1, 1))
def wait_with_a_timeout() -> tuple[int, int]:
    ended = add.submit(1)
    ended.wait()
    done, not_done = wait([ended, slow.submit()], timeout=0.5)
    return len(done), len(not_done)


@BLOCKING.case([2, 3, 4])
def as_completed_in_any_order() -> list[int]:
    return sorted(future.result() for future in as_completed(list(add.map([1, 2, 3]))))


@BLOCKING.case(TimeoutError("1 .of 1. futures unfinished"))
def as_completed_with_a_timeout() -> None:
    list(as_completed([slow.submit()], timeout=0.2))


@BLOCKING.case(TimeoutError("did not complete within 0.1 seconds"))
def result_with_a_timeout() -> None:
    slow.submit().result(timeout=0.1)


@BLOCKING.case(False)
def wait_of_a_future_with_a_timeout() -> bool:
    future = slow.submit()
    future.wait(timeout=0.1)
    return future.has_ended


@BLOCKING.case(4)
def chained_futures() -> int:
    return add.submit(add.submit(add_on_thread.submit(1))).result()


@BLOCKING.case(5)
def futures_in_a_list() -> int:
    return total.submit([add.submit(1), add.submit(2)]).result()


@BLOCKING.case("{'one': [2]}")
def futures_in_a_dict() -> str:
    return describe.submit({"one": [add.submit(1)]}).result()


@BLOCKING.case(3)
def task_called_with_a_future() -> int:
    return add_on_thread(add.submit(1), 1)


@BLOCKING.case("EventLoopFuture")
def quoted_future_is_not_waited_for() -> str:
    return describe.submit(quote(slow.submit())).result().split()[0].split(".")[-1]


@BLOCKING.case(["first", "second"])
def wait_for_keeps_the_order() -> list[str]:
    seen: list[str] = []
    first = append.submit(quote(seen), "first", wait_for=[add.submit(1)])
    append.submit(quote(seen), "second", wait_for=[first]).wait()
    return seen


@BLOCKING.case(UnfinishedRun("Run is in PENDING state"))
def wait_for_what_fails() -> None:
    add.submit(1, wait_for=[fail.submit()]).result()


@BLOCKING.case("NotReady")
def future_of_what_fails_as_an_argument() -> str:
    future = add.submit(fail.submit())
    future.wait()
    return future.state.name


@BLOCKING.case("ValueError('this one')")
def allow_failure_of_an_argument() -> str:
    return describe.submit(allow_failure(fail.submit())).result()


@BLOCKING.case(2)
def allow_failure_of_what_comes_before() -> int:
    return add.submit(1, wait_for=[allow_failure(fail.submit())]).result()


@BLOCKING.case(ValueError("this one"))
def result_of_what_fails() -> None:
    fail.submit().result()


@BLOCKING.case("ValueError('this one')")
def failure_not_raised() -> str:
    return repr(fail.submit().result(raise_on_failure=False))


@BLOCKING.case(ValueError("this one"))
def map_in_which_one_fails() -> None:
    fail.map(["this one"]).result()


@BLOCKING.case(["ValueError('a')", "ValueError('b')"])
def map_without_raising() -> list[str]:
    return [repr(error) for error in fail.map(["a", "b"]).result(raise_on_failure=False)]


@BLOCKING.case("COMPLETED")
def submit_for_a_state() -> str:
    return add.submit(1, return_state=True).type.value


@BLOCKING.case(["FAILED"])
def map_for_states() -> list[str]:
    return [state.type.value for state in fail.map(["a"], return_state=True)]


@BLOCKING.case((3, 3))
def retries() -> tuple[int, int]:
    tries: list[int] = []

    @task(retries=2, retry_delay_seconds=0.05)
    async def unsteady() -> int:
        tries.append(1)
        assert len(tries) == 3
        return runtime.task_run.run_count

    return unsteady.submit().result(), len(tries)


@BLOCKING.case(["step-7", "shown"])
def names() -> list[str]:
    @task(task_run_name="step-{number}")
    async def named(number: int) -> str:
        return runtime.task_run.name

    return [named.submit(7).result(), add.with_options(name="shown").submit(1).name]


@BLOCKING.case(["Completed", "Cached"])
def caching() -> list[str]:
    key = str(uuid4())
    return [cached.submit(key, return_state=True).name for _ in range(2)]


@BLOCKING.case(["TimedOut", "TimedOut"])
def timeouts_of_tasks() -> list[str]:
    futures = [too_slow.submit(), too_slow_on_thread.submit()]
    wait(futures)
    return [future.state.name for future in futures]


@BLOCKING.case(CancelledRun("slow was cancelled"))
def cancelled() -> None:
    future = slow.submit()
    future.cancel()
    future.result()


@BLOCKING.case([])
def cancelled_before_its_start() -> list[str]:
    seen: list[str] = []
    future = append.submit(quote(seen), "ran", wait_for=[slow.submit()])
    future.cancel()
    future.wait()
    return seen


@BLOCKING.case([True])
def done_callback() -> list[bool]:
    seen: list[bool] = []
    future = add.submit(1)
    future.add_done_callback(lambda ended: seen.append(ended is future))
    add.submit(1, wait_for=[future]).wait()
    return seen


@BLOCKING.case([2, 3])
def gather() -> list[int]:
    return gather_or_cancel_sync(add.submit(1), add_on_thread.submit(2))


@BLOCKING.case(ValueError("this one"))
def gather_what_fails() -> None:
    gather_or_cancel_sync(slow.submit(), fail.submit(), add.submit(slow.submit()))


@BLOCKING.case(UpstreamTaskError("did not reach"))
def gather_what_never_starts() -> None:
    gather_or_cancel_sync(add.submit(fail.submit()))


@BLOCKING.case(["mine"])
def tags_of_the_caller() -> list[str]:
    @task
    async def tagged() -> list[str]:
        return list(runtime.task_run.tags)

    with tags("mine"):
        future = tagged.submit()
    return future.result()


@BLOCKING.case(2)
def submit_from_a_thread() -> int:
    with ThreadPoolExecutor() as pool:
        return pool.submit(copy_context().run, lambda: add.submit(1).result()).result()


@BLOCKING.case(RuntimeError("Unable to determine task runner"))
def submit_from_a_thread_without_the_context() -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(add.submit, 1).result()


@BLOCKING.case(3)
def sync_task_that_submits_and_blocks() -> int:
    @task
    def parent() -> int:
        return add.submit(add_on_thread.submit(1)).result()

    return parent.submit().result()


@BLOCKING.case(2)
def async_task_that_submits_and_awaits() -> int:
    @task
    async def parent() -> int:
        return await add.submit(1)

    return parent.submit().result()


@BLOCKING.case(RuntimeError("async task cannot block until slow has ended"))
def async_task_that_submits_and_blocks() -> None:
    @task
    async def parent() -> None:
        slow.submit().result()

    parent.submit().result()


@BLOCKING.case(RuntimeError("async task cannot block until slow has ended"))
def async_task_that_blocks_for_the_first() -> None:
    @task
    async def parent() -> None:
        next(as_completed([slow.submit()]))

    parent.submit().result()


@BLOCKING.case(5)
def nested_sync_flow() -> int:
    @flow(task_runner=EventLoopTaskRunner())
    def inner(start: int) -> int:
        return add.submit(start, 3).result()

    return inner(add.submit(1))


@BLOCKING.case([3, 3])
def flows_in_tasks() -> list[int]:
    @flow(task_runner=EventLoopTaskRunner())
    def inner() -> int:
        return add.submit(1, 2).result()

    @task
    def on_thread() -> int:
        return inner()

    @flow(task_runner=EventLoopTaskRunner())
    async def inner_async() -> int:
        return add.submit(1, 2).result()

    @task
    async def on_loop() -> int:
        return await inner_async()

    return [on_thread.submit().result(), on_loop.submit().result()]


@BLOCKING.case(2)
def runner_as_a_context_manager() -> int:
    with EventLoopTaskRunner() as runner:
        return runner.submit(add, {"one": 1, "two": 1}).result()


@BLOCKING.case(RuntimeError("add cannot be submitted: its flow has ended"))
def submit_to_a_runner_that_has_ended() -> None:
    with EventLoopTaskRunner() as runner:
        pass
    runner.submit(add, {"one": 1})


@BLOCKING.case(SystemExit("9"))
def task_that_exits() -> None:
    @task
    async def leave() -> None:
        raise SystemExit(9)

    leave.submit().result()


@BLOCKING.case([0, 1])
def generator() -> list[int]:
    @task
    def count() -> Any:
        yield from range(2)

    return list(count.submit().result())


@BLOCKING.case("SCHEDULED")
def delayed_task_is_left_to_a_task_worker() -> str:
    return add_on_thread.delay(1).state.type.value


@pytest.mark.parametrize(("body", "outcome"), BLOCKING)
def test_in_a_sync_flow(body: Callable[[], Any], outcome: Any, prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    def blocking() -> Any:
        return quote(body())

    check(lambda: blocking().unquote(), outcome)


@pytest.mark.parametrize(("body", "outcome"), BLOCKING)
def test_in_an_async_flow(body: Callable[[], Any], outcome: Any, prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    async def blocking() -> Any:
        return quote(body())

    check(lambda: asyncio.run(blocking()).unquote(), outcome)


def test_in_a_flow_on_a_thread(prefect_server: str) -> None:
    @flow(task_runner=EventLoopTaskRunner())
    def blocking() -> int:
        return total.submit(add.map([1, 2])).result()

    found: list[int] = []
    thread = threading.Thread(target=copy_context().run, args=(lambda: found.append(blocking()),))
    thread.start()
    thread.join(60)
    assert found == [5]
