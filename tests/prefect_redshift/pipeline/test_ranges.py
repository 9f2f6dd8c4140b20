"""Ranges of days: how days become ranges, and how the days that fail are found among them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from prefect_redshift.pipeline.days import Load
from prefect_redshift.pipeline.ranges import (
    DAYS_AT_ONCE,
    DayRange,
    RangeLoad,
    RangeQueue,
    RangeResult,
    ranges_of,
)

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(n) for n in range(365)]
OVERFLOW = "ERROR: numeric field overflow"
DENIED = "ERROR: permission denied for relation store_sales"
CONFLICT = "ERROR: 1023 Serializable isolation violation on table - 1"

# What the engine says of a range, nothing where it loads it.
Engine = Callable[[DayRange], str]


def bad(*numbers: int, words: str = OVERFLOW) -> Engine:
    """Return an engine that cannot load these days."""
    return lambda days: words if any(DAYS[number] in days for number in numbers) else ""


def run(queue: RangeQueue, engine: Engine, in_batch: int = 4) -> list[tuple[DayRange, str]]:
    """Load what is in the queue, as many ranges at once; return each range that was tried, and what became of it."""
    tried = []
    while queue.next():
        batch: list[RangeLoad] = []
        while queue.next() and len(batch) < in_batch:
            batch.append(queue.take())
        results = []
        for load in batch:
            words = engine(load.days)
            tried.append((load.days, words))
            days = {day: Load(0.1, words, words == CONFLICT) for day in load.days}
            results.append(RangeResult(load, days, words if len(load.days) > 1 else ""))
        queue.ended(results)
    return tried


def failed(queue: RangeQueue) -> list[int]:
    """Return the numbers of the days that are not loaded."""
    return [number for number, day in enumerate(DAYS) if queue.loads.get(day, Load(0)).error]


def test_ranges_hold_the_days_that_are_wanted_and_no_other() -> None:
    assert ranges_of([], 92) == []
    wanted = [*DAYS[:3], *DAYS[4:6], DAYS[8]]
    assert [str(days) for days in ranges_of(wanted, 92)] == [
        "2026-01-01 to 2026-01-03",
        "2026-01-05 to 2026-01-06",
        "2026-01-09 to 2026-01-09",
    ]
    assert [len(days) for days in ranges_of(DAYS, 92)] == [92, 92, 92, 89]
    assert [day for days in ranges_of(DAYS, 92) for day in days] == DAYS
    assert [len(days) for days in ranges_of(DAYS[:3], 1)] == [1, 1, 1]


@pytest.mark.parametrize("number", [0, 182, 183, 364])
def test_one_bad_day_of_a_year_at_once_is_found_with_eighteen_statements_more(number: int) -> None:
    queue = RangeQueue(DAYS, DAYS_AT_ONCE)
    tried = run(queue, bad(number))
    assert failed(queue) == [number]
    assert len(tried) <= 1 + 18


@pytest.mark.parametrize("length", [2, 3, 183])
def test_both_halves_are_the_range(length: int) -> None:
    (days,) = ranges_of(DAYS[:length], length)
    first, second = days.halves()
    assert [*first, *second] == DAYS[:length]
    assert first
    assert second


@pytest.mark.parametrize("number", [0, 91, 92, 182, 183, 364])
def test_one_bad_day_of_a_year_in_halves_is_found_with_sixteen_statements_more(number: int) -> None:
    queue = RangeQueue(DAYS, 183)
    tried = run(queue, bad(number))
    assert failed(queue) == [number]
    assert queue.loads[DAYS[number]].error == OVERFLOW
    assert len(tried) <= 2 + 16
    loaded = [day for days, words in tried if not words for day in days]
    assert sorted(loaded) == [day for day in DAYS if day != DAYS[number]]


def test_two_bad_days_side_by_side_are_both_found() -> None:
    queue = RangeQueue(DAYS, 92)
    tried = run(queue, bad(50, 51))
    assert failed(queue) == [50, 51]
    assert len(tried) <= 4 + 20


@pytest.mark.parametrize(("spent", "left_for_halves"), [(0, 20), (1, 18)])
def test_a_bad_day_in_each_range_costs_twenty_statements_more_in_all_and_the_rest_is_told(
    spent: int, left_for_halves: int
) -> None:
    queue = RangeQueue(DAYS[:276], 92)
    queue.spend(spent)
    tried = run(queue, lambda days: f"ERROR: {days} overflows" if bad(10, 100, 200)(days) else "")
    assert len(tried) == 3 + left_for_halves
    assert {10, 100, 200} <= set(failed(queue))
    left = queue.loads[DAYS[failed(queue)[-1]]].error
    assert (
        "(no more than 20 statements are run to find the days; days_at_once=1 loads day by day): ERROR: "
        in left
    )


@pytest.mark.parametrize(
    "words",
    [
        lambda days: DENIED,
        lambda days: f"ERROR: Query ({days.first:%j}) cancelled on user's request",
        lambda days: f"ERROR: Disk Full\n  Detail: query: {days.first:%j}",
    ],
    ids=["permission", "timeout", "disk"],
)
def test_where_both_halves_fail_in_the_same_words_nothing_is_divided_further(words: Engine) -> None:
    queue = RangeQueue(DAYS[:92], 92)
    assert [len(days) for days, _ in run(queue, words)] == [92, 46, 46]
    assert len(failed(queue)) == 92
    assert "2 ranges failed in the same words" in queue.loads[FIRST].error


def test_where_all_ranges_fail_in_the_same_words_none_is_divided() -> None:
    queue = RangeQueue(DAYS, 92)
    assert [len(days) for days, _ in run(queue, bad(*range(365), words=DENIED))] == [92, 92, 92, 89]


def test_a_conflict_repeats_the_range_as_it_is_and_not_for_ever() -> None:
    conflicts = [CONFLICT]
    queue = RangeQueue(DAYS[:92], 92)
    assert [words for _, words in run(queue, lambda _: conflicts.pop() if conflicts else "")] == [
        CONFLICT,
        "",
    ]
    assert not failed(queue)

    queue = RangeQueue(DAYS[:1], 92)
    assert len(run(queue, lambda _: CONFLICT)) == 3
    assert failed(queue) == [0]


def test_days_one_by_one_are_never_divided() -> None:
    queue = RangeQueue(DAYS[:5], 1)
    assert len(run(queue, bad(0, 3))) == 5
    assert failed(queue) == [0, 3]
