"""Calls are paced by the rates that the stand-in's own buckets allow, alone and beside others."""

import asyncio
import heapq
import itertools
import random
from collections import Counter
from dataclasses import dataclass

import pytest

from local_aws.wire.rates import PER_SECOND, Rates
from local_aws.wire.service_errors import ApiError
from prefect_redshift.aws import pacing
from prefect_redshift.aws.pacing import Pacer, _Speed
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


def simulated(processes: int, calls: int, seed: int, part: float = 1.0) -> Outcome:
    """Make so many calls in each of several processes, by a clock that is only counted."""
    dice = random.Random(seed)
    now = 0.0
    rates = Rates(enforced=True, clock=lambda: now)
    speeds = [_Speed(RATE, 0.0) for _ in range(processes)]
    for speed in speeds:
        speed.use(part, 0.0)
    left = [calls] * processes
    made = Counter[str]()
    numbers = itertools.count()
    # What happens next: when, in which order among equals, in which process, and whether a call arrives there.
    events = [(dice.uniform(0, 0.3), next(numbers), process, False) for process in range(processes)]
    heapq.heapify(events)
    while events:
        now, _, process, arrives = heapq.heappop(events)
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
            heapq.heappush(events, (now + delay, next(numbers), process, False))
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
    outcome = simulated(8, 100, seed, part=1 / 8)
    assert outcome.over_floor < 1.1
    assert outcome.refused == 0


def test_who_is_alone_again_gets_the_whole_rate_again() -> None:
    speed = _Speed(RATE, 0.0)
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
    monkeypatch.setattr(pacing, "AT_ONCE", 1)
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
