"""Many days at once: which are asked for, what the warehouse holds for each, and how the load of each ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.data_api.statement_errors import is_serialization_conflict
from prefect_redshift.exceptions import PipelineError, ScriptError

DAY_COLUMNS = ("day", "delivered", "problem")
# Ten years. More is most likely a mistyped year.
MOST_DAYS = 3_660


def days_asked(
    from_date: date | None, to_date: date | None, dates: Sequence[date] | None, today: date
) -> list[date]:
    """Return the days of a range, both ends included, or those of a list; in order.

    Raises:
        PipelineError: Neither or both are given, or they make no sense; says what to do.
    """
    if dates and not from_date and not to_date:
        days = sorted(dates)
        if repeated := [day for day, next_day in pairwise(days) if day == next_day]:
            raise PipelineError(f"{repeated[0]} is named twice: name each day once.")
    elif from_date and to_date and not dates:
        if from_date > to_date:
            raise PipelineError(f"The first day, {from_date}, is after the last, {to_date}: swap them.")
        days = [from_date + timedelta(n) for n in range(min((to_date - from_date).days, MOST_DAYS) + 1)]
    else:
        raise PipelineError("Name either a first and a last day (from and to) or a list of days (dates).")
    if len(days) > MOST_DAYS:
        raise PipelineError(f"One backfill takes {MOST_DAYS:,} days at most: check the years, or divide it.")
    if days[-1] > today:
        raise PipelineError(f"{days[-1]} has not come yet, today is {today}: end with today at the latest.")
    return days


@dataclass(frozen=True)
class Day:
    """What the warehouse holds for a day: one row of the job's query `find_days`.

    Attributes:
        delivered: How many rows the source holds for the day: a catch-up loads no day without one.
        problem: Why the day is not loaded, or not rightly; empty where it is.
        counts: The other columns of the query, by name.
    """

    day: date
    delivered: int
    problem: str
    counts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_loaded(self) -> bool:
        """Whether the day is loaded, and rightly."""
        return not self.problem

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Day":
        """Read a row of `find_days`.

        Raises:
            ScriptError: It lacks a column, or one of them has another type.
        """
        try:
            day, delivered, problem = row["day"], row["delivered"], row["problem"] or ""
        except KeyError as error:
            raise _wrong_columns(f"the column {error.args[0]} is missing") from None
        if (
            not isinstance(day, date)
            or not isinstance(delivered, int | Decimal)
            or not isinstance(problem, str)
        ):
            raise _wrong_columns("one of them has another type")
        counts = {name: value for name, value in row.items() if name not in DAY_COLUMNS}
        return cls(day, int(delivered), problem, counts)


def _wrong_columns(reason: str) -> ScriptError:
    return ScriptError(
        f"The query find_days has to return the columns day (a date), delivered (a number) and problem (a text, empty "
        f"where the day is loaded rightly): {reason}."
    )


@dataclass(frozen=True)
class Load:
    """How the load of one day ended.

    Attributes:
        seconds: How long it took; of days that one statement loads at once, each counts as long.
        error: The engine's own words, of a load that failed.
        may_pass: Whether it failed for a reason that was not its own, so that another try is worth it.
    """

    seconds: float
    error: str = ""
    may_pass: bool = False

    @classmethod
    def of_parts(
        cls, parts: Sequence[SubStatement], batch: Statement, seconds: float | None = None
    ) -> "Load":
        """Make the load of the day whose statements were these parts of a batch that has ended.

        Args:
            parts: The statements.
            batch: The batch.
            seconds: How long they took for the day, if not all their time.
        """
        if seconds is None:
            seconds = sum(part.seconds for part in parts)
        unfinished = [part for part in parts if part.status != "FINISHED"]
        if parts and not unfinished:
            return cls(seconds)
        error = error_of(unfinished, batch)
        # A batch that broke off has parts that never ran; one that somebody cancelled is not to be run again.
        never_ran = batch.status == "FAILED" and all(part.status == "ABORTED" for part in parts)
        return cls(seconds, error, never_ran or is_serialization_conflict(error))


def error_of(unfinished: Sequence[SubStatement], batch: Statement) -> str:
    """Return why parts of a batch did not finish, in the engine's own words."""
    return next((part.error for part in unfinished if part.error), batch.error) or f"is {batch.status}"
