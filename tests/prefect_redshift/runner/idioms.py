"""What the tests of idioms share: tasks, and a table of functions that a flow runs as its body."""

# Prefect's types of submit() and map() know futures only as they are given by value.
# mypy: disable-error-code="no-any-return"

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from prefect import task
from prefect.cache_policies import INPUTS

# No idiom takes a tenth of it, also on a loaded machine.
HANGING_SECONDS = 60


class Table(list[Any]):
    """Idioms, each a function to run in a flow and what comes of it: a value, or an exception."""

    def case(self, outcome: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
        """Add the decorated function to the table."""

        def add(body: Callable[[], Any]) -> Callable[[], Any]:
            self.append(pytest.param(body, outcome, id=body.__name__))
            return body

        return add


@contextmanager
def no_hanging() -> Iterator[None]:
    """Fail a test that takes for ever, wherever the main thread waits."""

    def give_up(*_: Any) -> None:
        raise AssertionError(f"still waiting after {HANGING_SECONDS} s")

    before = signal.signal(signal.SIGUSR1, give_up)
    watchdog = threading.Timer(HANGING_SECONDS, os.kill, [os.getpid(), signal.SIGUSR1])
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
        signal.signal(signal.SIGUSR1, before)


def check(run: Callable[[], Any], outcome: Any) -> None:
    """Run, and expect the value or the exception."""
    with no_hanging():
        if isinstance(outcome, BaseException):
            with pytest.raises(type(outcome), match=str(outcome)):
                run()
        else:
            assert run() == outcome


@task
async def add(one: int, two: int = 1) -> int:
    return one + two


@task
def add_on_thread(one: int, two: int = 1) -> int:
    return one + two


@task
async def numbers() -> list[int]:
    return [1, 2, 3]


@task
async def total(of: list[int], more: int = 0) -> int:
    return sum(of) + more


@task
async def fail(message: str = "this one") -> int:
    raise ValueError(message)


@task
async def describe(value: Any) -> str:
    return repr(value)


@task
async def slow() -> None:
    await asyncio.sleep(600)


@task(timeout_seconds=0.1)
async def too_slow() -> None:
    await asyncio.sleep(600)


@task(timeout_seconds=0.1)
def too_slow_on_thread() -> None:
    for _ in range(600):
        time.sleep(0.1)


@task(cache_policy=INPUTS, persist_result=True)
async def cached(key: str) -> str:
    return key


@task
async def append(seen: list[str], what: str) -> None:
    seen.append(what)
