"""Ranges of days: loaded at once, repeated after a conflict, and halved to find the day that fails."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from prefect_redshift.pipeline.days import Load

# A year: one commit for its days, and no more lost when it fails.
DAYS_AT_ONCE = 366
# How many statements more a backfill runs, in all, to find the days that fail.
MOST_STATEMENTS_TO_FIND = 20
TRIES = 3

# Redshift puts the number of the query in brackets: "Query (25) cancelled on user's request".
_QUERY_NUMBER = re.compile(r"\s*\(\d+\)")


@dataclass(frozen=True)
class DayRange:
    """Days without a gap, from the first to the last."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(n) for n in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def halves(self) -> tuple["DayRange", "DayRange"]:
        """Return both halves of a range of at least two days."""
        middle = self.first + timedelta(len(self) // 2)
        return DayRange(self.first, middle - timedelta(1)), DayRange(middle, self.last)


def ranges_of(days: Sequence[date], most: int) -> list[DayRange]:
    """Return ranges of so many days at most that hold these days, which are in order, and no other."""
    one_day = timedelta(1)
    after_gaps = [n for n, day in enumerate(days) if n == 0 or day != days[n - 1] + one_day]
    return [
        DayRange(days[first], days[min(first + most, end) - 1])
        for start, end in pairwise([*after_gaps, len(days)])
        for first in range(start, end, most)
    ]


@dataclass(frozen=True)
class RangeStatement:
    """A statement, and the days that it loads."""

    sql: str
    days: DayRange


@dataclass(eq=False)
class RangeLoad:
    """The load of one range.

    Attributes:
        days: Which days.
        whole: The range of which it is a half.
        tries: How often it was run.
        words: In which words the load of the whole range failed; empty where it did not.
        halves: Both halves, once they are to be loaded.
        was_loaded: Whether all or part of it could be loaded.
    """

    days: DayRange
    whole: "RangeLoad | None" = None
    tries: int = 0
    words: str = ""
    halves: "Sequence[RangeLoad]" = ()
    was_loaded: bool = False

    @property
    def wholes(self) -> "Iterator[RangeLoad]":
        """The ranges of which it is a half, a quarter, and so on."""
        whole = self.whole
        while whole:
            yield whole
            whole = whole.whole

    def mark_loaded(self) -> None:
        """Remember that it, and so a part of what it is a part of, could be loaded."""
        for load in (self, *self.wholes):
            load.was_loaded = True


class RangeQueue:
    """The ranges that are still to be loaded.

    Args:
        days: The days that are to be loaded, in order.
        most_days: How many days are loaded at once, at most.

    Attributes:
        loads: How the load of each day ended last.
    """

    def __init__(self, days: Sequence[date], most_days: int) -> None:
        self._ranges = [RangeLoad(days) for days in ranges_of(days, most_days)]
        self._waiting = deque(self._ranges)
        self._statements_left = MOST_STATEMENTS_TO_FIND
        self.loads: dict[date, Load] = {}

    @property
    def days_waiting(self) -> int:
        """How many days wait."""
        return sum(len(load.days) for load in self._waiting)

    def next(self) -> RangeLoad | None:
        """Return the range that is loaded next, without taking it out."""
        return self._waiting[0] if self._waiting else None

    def take(self) -> RangeLoad:
        """Take out the range that is loaded next."""
        return self._waiting.popleft()

    def spend(self, statements: int) -> None:
        """Take statements from those that may be run to find the days that fail."""
        self._statements_left -= statements

    def ended(self, batch: "Sequence[RangeResult]") -> None:
        """Take in how the loads of a batch ended; what is worth another try waits again, as a whole or by halves."""
        for result in batch:
            load = result.load
            load.tries += 1
            self.loads.update(result.days)
            if any(day.may_pass for day in result.days.values()) and load.tries < TRIES:
                self._waiting.append(load)
                continue
            load.words = result.words
            if not all(day.error for day in result.days.values()):
                load.mark_loaded()
        for result in batch:
            if result.load.words:
                self._halve_or_leave(result)

    def _halve_or_leave(self, result: "RangeResult") -> None:
        load = result.load
        if len(load.days) == 1 or load.halves:
            return
        cost = 2 * result.statements
        if reason := self._reason_to_leave(load, cost):
            told = f"{load.days} at once ({reason}; days_at_once=1 loads day by day): {load.words}"
            self.loads.update({day: Load(self.loads[day].seconds, told) for day in load.days})
            return
        self.spend(cost)
        load.halves = [RangeLoad(days, load) for days in load.days.halves()]
        self._waiting.extendleft(reversed(load.halves))

    def _reason_to_leave(self, load: RangeLoad, cost: int) -> str:
        parts = load.whole.halves if load.whole else self._ranges
        failed = [part for part in parts if part.words]
        is_same = len({_comparable(part.words) for part in failed}) == 1
        # Permission, disk, timeout: it is not the days. Where some of the whole could be loaded, it is.
        if len(failed) > 1 and is_same and not any(part.was_loaded for part in (*parts, *load.wholes)):
            return f"{len(failed)} ranges failed in the same words"
        if cost > self._statements_left:
            return f"no more than {MOST_STATEMENTS_TO_FIND} statements are run to find the days"
        return ""


@dataclass(frozen=True)
class RangeResult:
    """How the load of a range ended.

    Attributes:
        load: Which.
        days: How the load of each of its days ended.
        words: In which words a statement failed that loads more than one of them; empty where none did.
        statements: How many statements load such a range.
    """

    load: RangeLoad
    days: Mapping[date, Load] = field(default_factory=dict)
    words: str = ""
    statements: int = 1


def _comparable(words: str) -> str:
    """Return the first line of an error, without the query's number: what follows differs from query to query."""
    return _QUERY_NUMBER.sub("", words.partition("\n")[0])
