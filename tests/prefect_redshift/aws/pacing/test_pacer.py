"""Calls are paced by the rates that the stand-in's own buckets allow, alone and beside others."""

import asyncio
import heapq
import itertools
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from local_aws.wire.rates import PER_SECOND, Rates
from local_aws.wire.service_errors import ApiError
from prefect_redshift.aws.pacing import speed as speeds
from prefect_redshift.aws.pacing.pacer import NEWCOMER_PART, Pacer
from prefect_redshift.aws.pacing.speed import Speed
from prefect_redshift.data_api.api import RATES

OPERATION = "ExecuteStatement"
RATE = RATES[OPERATION]


def test_the_rates_are_those_that_the_stand_in_enforces() -> None:
    assert RATES == PER_SECOND


@dataclass
class Outcome:
    """How long it took, against what the rate and the burst allow, and how many calls were refused."""

    over_floor: float
    refused: float


def simulated(
    processes: int, calls: int, seed: int, told: Iterable[tuple[float, int, float]] = ()
) -> Outcome:
    """Make so many calls in each of several processes, by a clock that is only counted.

    Args:
        processes: How many.
        calls: How many in each.
        seed: Of what is left to chance: when each begins, and how late each call arrives.
        told: When which process is told which part of the rates it may use; all are newcomers before.
    """
    dice = random.Random(seed)
    now = 0.0
    rates = Rates(enforced=True, clock=lambda: now)
    speeds = [Speed(RATE, 0.0) for _ in range(processes)]
    parts = deque(sorted(told))
    for speed in speeds if parts else []:
        speed.use(NEWCOMER_PART, 0.0)
    left = [calls] * processes
    made = Counter[str]()
    numbers = itertools.count()
    # What happens next: when, in which order among equals, in which process, and whether a call arrives there.
    events = [(dice.uniform(0, 0.3), next(numbers), process, False) for process in range(processes)]
    heapq.heapify(events)
    while events:
        now, _, process, arrives = heapq.heappop(events)
        while parts and parts[0][0] <= now:
            at, whom, part = parts.popleft()
            speeds[whom].use(part, at)
        speed = speeds[process]
        if arrives:
            try:
                rates.take(OPERATION, "us-east-1")
                made["accepted"] += 1
                speed.accepted(now)
            except ApiError:
                made["refused"] += 1
                speed.refused(now)
                left[process] += 1
                heapq.heappush(events, (now, next(numbers), process, False))
        elif left[process]:
            delay = speed.delay(now)
            if delay <= 1e-9:
                speed.take()
                left[process] -= 1
                late = dice.uniform(0.005, 0.02) + (dice.expovariate(30) if dice.random() < 0.2 else 0)
                heapq.heappush(events, (now + late, next(numbers), process, True))
            heapq.heappush(events, (now + min(delay, 0.1), next(numbers), process, False))
    assert made["accepted"] == processes * calls
    floor = (processes * calls - RATE) / RATE
    return Outcome(now / floor, made["refused"] / made.total())


@pytest.mark.parametrize("seed", range(5))
def test_one_process_uses_the_rate_up_and_is_not_refused(seed: int) -> None:
    outcome = simulated(1, 500, seed)
    assert outcome.over_floor < 1.05
    assert outcome.refused == 0


@pytest.mark.parametrize("seed", range(5))
def test_eight_processes_that_know_nothing_of_each_other_adapt(seed: int) -> None:
    outcome = simulated(8, 100, seed)
    assert outcome.over_floor < 1.25
    assert outcome.refused < 0.11


@pytest.mark.parametrize("seed", range(5))
def test_eight_processes_that_share_are_not_refused(seed: int) -> None:
    """The first finds nobody beside it, looks again after a second, and the others wait longer than that."""
    told = [(0.1, 0, 1.0), (1.2, 0, 1 / 8), *((1.7, newcomer, 1 / 8) for newcomer in range(1, 8))]
    outcome = simulated(8, 100, seed, told)
    assert outcome.over_floor < 1.1
    assert outcome.refused == 0


def test_who_is_alone_again_gets_the_whole_rate_again() -> None:
    speed = Speed(RATE, 0.0)
    for number in range(10):
        speed.refused(number / 100)
    assert speed.delay(0.2) > 0.5
    now = 0.2
    for _ in range(400):
        now += speed.delay(now)
        speed.take()
        speed.accepted(now)
    assert speed.delay(now) < 1.1 / RATE


@pytest.mark.anyio
async def test_turns_come_in_their_order_and_who_left_takes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speeds, "AT_ONCE", 1)
    pacer = Pacer({"op": 4.0})
    came: list[int] = []

    async def one(number: int, *, in_front: bool = False) -> None:
        await pacer.turn("op", in_front=in_front)
        came.append(number)

    tasks = [asyncio.create_task(one(number)) for number in range(6)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    tasks.append(asyncio.create_task(one(9, in_front=True)))
    await asyncio.gather(*tasks, return_exceptions=True)
    assert came == [0, 9, 1, 3, 4, 5]


@pytest.mark.anyio
async def test_an_operation_without_a_rate_is_not_paced() -> None:
    pacer = Pacer({"op": 0.001})
    await pacer.turn("op")
    async with asyncio.timeout(5):
        for _ in range(100):
            await pacer.turn("another")


class Late:
    """Tells the part only when it has heard of calls for the tenth time."""

    def __init__(self) -> None:
        self.heard = 0

    def use(self, told: Callable[[float], None]) -> None:
        self.heard += 1
        if self.heard == 10:
            told(1.0)


@pytest.mark.anyio
async def test_calls_that_wait_are_in_use_also_when_no_further_ones_come() -> None:
    pacer = Pacer({"op": 1.0})
    pacer.share(Late())
    async with asyncio.timeout(10):  # a newcomer's second call would wait for half a minute
        await pacer.turn("op")
        await pacer.turn("op")
