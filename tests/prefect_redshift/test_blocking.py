"""Coroutines are run for code that is not async, wherever that code is."""

import asyncio
import concurrent.futures
import threading
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar

import pytest

from prefect_redshift.blocking import Stream, blocking, canceller, is_on_blocking_loop, run_blocking

place = ContextVar("place", default="nowhere")


async def where(*, fails: bool = False) -> str:
    """Return where the caller is."""
    await asyncio.sleep(0)
    if fails:
        raise ValueError("as asked")
    return f"{place.get()}, {is_on_blocking_loop()}"


def test_a_coroutine_sees_its_callers_context() -> None:
    place.set("a script")
    assert run_blocking(where()) == "a script, True"
    assert not is_on_blocking_loop()


async def test_it_runs_where_an_event_loop_runs_already() -> None:
    place.set("a notebook")
    assert run_blocking(where()) == "a notebook, True"


def test_many_threads_block_at_once() -> None:
    together = asyncio.Barrier(5)

    async def meet() -> None:
        async with asyncio.timeout(30):
            await together.wait()

    threads = [threading.Thread(target=lambda: run_blocking(meet())) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert together.n_waiting == 0


def test_an_error_is_the_callers() -> None:
    with pytest.raises(ValueError, match="as asked"):
        run_blocking(where(fails=True))


def test_a_coroutine_that_is_waited_for_does_not_block_itself() -> None:
    async def nested() -> None:
        run_blocking(where())

    with pytest.raises(RuntimeError, match="await the async form"):
        run_blocking(nested())


def test_whatever_breaks_into_the_waiting_cancels_and_waits_for_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    started = threading.Event()

    async def long() -> None:
        try:
            started.set()
            await asyncio.sleep(300)
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)
            seen.append("cleaned up")
            raise

    real = concurrent.futures.wait
    interruptions = iter([KeyboardInterrupt()])

    def interrupted(futures: object, seconds: float) -> object:
        assert started.wait(30)
        for interruption in interruptions:
            raise interruption
        return real(futures, seconds)  # type: ignore[arg-type]

    monkeypatch.setattr("prefect_redshift.blocking.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_blocking(long())
    assert seen == ["cleaned up"]


def test_who_can_cancel_the_caller_can_cancel_what_it_waits_for() -> None:
    class Runner:
        cancels: set[Callable[[], None]] = set()  # noqa: RUF012

        def started_within(self, cancel: Callable[[], None]) -> None:
            self.cancels.add(cancel)
            cancel()

        def ended_within(self, cancel: Callable[[], None]) -> None:
            self.cancels.discard(cancel)

    token = canceller.set(Runner())
    try:
        with pytest.raises(asyncio.CancelledError):
            run_blocking(asyncio.sleep(300))
    finally:
        canceller.reset(token)
    assert Runner.cancels == set()


def test_a_blocking_function_is_not_taken_for_async() -> None:
    function = blocking(where)
    assert function.__doc__ == where.__doc__
    assert not hasattr(function, "__wrapped__")
    assert function(fails=False).endswith(", True")


async def numbers(count: int, closed: list[str], *, fails: bool = False) -> AsyncIterator[int]:
    """Yield numbers, and tell when that ends."""
    try:
        for number in range(count):
            yield number
        if fails:
            raise ValueError("as asked")
    finally:
        closed.append("closed")


def test_a_stream_is_iterated_by_for() -> None:
    closed: list[str] = []
    stream = Stream(numbers(2_500, closed))
    assert [next(stream), next(stream)] == [0, 1]
    assert list(stream) == list(range(2, 2_500))
    assert list(stream) == []
    assert closed == ["closed"]


async def test_a_stream_is_iterated_by_async_for() -> None:
    closed: list[str] = []
    assert [number async for number in Stream(numbers(3, closed))] == [0, 1, 2]
    stream = Stream(numbers(3, closed))
    assert await anext(stream) == 0
    await stream.aclose()
    assert closed == ["closed", "closed"]


def test_what_came_before_an_error_is_passed_on_first() -> None:
    stream = Stream(numbers(2, [], fails=True))
    assert [next(stream), next(stream)] == [0, 1]
    with pytest.raises(ValueError, match="as asked"):
        next(stream)
    assert list(stream) == []


def test_a_stream_that_is_left_is_closed() -> None:
    closed: list[str] = []
    stream = Stream(numbers(3, closed))
    next(stream)
    stream.close()
    assert closed == ["closed"]
    assert list(stream) == []
