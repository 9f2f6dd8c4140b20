"""Tasks that start or end by the hundred, and what goes on between two of them."""

# Prefect's types of submit() know futures only as they are given by value, and none that can be awaited.
# mypy: disable-error-code="arg-type, call-overload, misc, unused-coroutine"

import asyncio
from itertools import pairwise

from prefect import flow, task
from prefect.tasks import task_input_hash

from prefect_redshift.runner.gathering import gather_or_cancel
from prefect_redshift.runner.task_runner import EventLoopTaskRunner


@task
async def note(seen: list[str]) -> None:
    seen.append("ran")


def test_what_has_ended_is_noticed_between_the_starts_of_many(prefect_server: str) -> None:
    seen: list[str] = []
    starts_by_turn: list[int] = []

    @task
    async def count_turns() -> None:
        while len(seen) < 20:
            starts_by_turn.append(len(seen))
            await asyncio.sleep(0)

    @flow(task_runner=EventLoopTaskRunner())
    async def many() -> None:
        await gather_or_cancel(count_turns.submit(), *[note.submit(seen) for _ in range(20)])

    asyncio.run(many())
    assert len(seen) == 20
    assert max(after - before for before, after in pairwise(starts_by_turn)) == 1


def test_all_that_ends_at_once_is_noticed_before_prefect_finishes_one_task_after_the_other(
    prefect_server: str,
) -> None:
    seen: list[str] = []
    finished_by_turn: list[int] = []
    gate = asyncio.Event()

    def finished(*_: object) -> None:
        seen.append("finished")

    @task(on_completion=[finished])
    async def notice() -> None:
        await gate.wait()
        seen.append("noticed")

    @task
    async def count_turns() -> None:
        while seen.count("finished") < 20:
            finished_by_turn.append(seen.count("finished"))
            await asyncio.sleep(0)

    @task
    async def open_gate() -> None:
        gate.set()

    @flow(task_runner=EventLoopTaskRunner())
    async def many() -> None:
        futures = [notice.submit() for _ in range(20)]
        await gather_or_cancel(*futures, count_turns.submit(), open_gate.submit())

    asyncio.run(many())
    assert seen == ["noticed"] * 20 + ["finished"] * 20
    assert max(after - before for before, after in pairwise(finished_by_turn)) == 1


def test_tasks_with_the_same_arguments_are_told_apart_by_their_code_in_a_cache(prefect_server: str) -> None:
    @task(cache_key_fn=task_input_hash, refresh_cache=True)
    async def double(number: int) -> int:
        return 2 * number

    @task(cache_key_fn=task_input_hash)
    async def square(number: int) -> int:
        return number**2

    @flow(task_runner=EventLoopTaskRunner())
    async def cached() -> list[int]:
        return [await double.submit(7), await square.submit(7)]

    assert asyncio.run(cached()) == [14, 49]
