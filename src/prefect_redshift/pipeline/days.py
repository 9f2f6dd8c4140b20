"""Many days at once: which are asked for, what the warehouse holds for each, and how the load of each ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.data_api.statement_errors import is_serialization_conflict
from prefect_redshift.exceptions import PipelineError

# Ten years. More is most likely a mistyped year; and so many, as text, still fit into a varchar of Redshift's.
MOST_DAYS = 3_660


def days_asked(
    from_date: date | None, to_date: date | None, dates: Sequence[date] | None, today: date
) -> list[date]:
    """The days of a range, both ends included, or those of a list; in order.

    Raises:
        PipelineError: Neither or both are given, or they make no sense; says what to do.
    """
    if dates and not from_date and not to_date:
        days = sorted(dates)
        if repeated := [day for day, next_day in pairwise(days) if day == next_day]:
            raise PipelineError(f"{repeated[0]} is named twice: name each day once.")
    elif from_date and to_date and not dates:
        if from_date > to_date:
            raise PipelineError(f"The first day, {from_date}, is after the last, {to_date}: exchange them.")
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
    """What the warehouse holds for a day: one row of the step `find_days`, which explains the numbers."""

    day: date
    delivered: int
    loaded: int
    rejected: int
    item_versions: int

    @property
    def problem(self) -> str:
        """Which validation of the day fails, with its numbers; empty where none does."""
        if not self.delivered:
            return "store_sales_rows: the source holds no sales of the day"
        if self.delivered != self.loaded + self.rejected:
            return f"store_sales_rows: expected {self.delivered}, found {self.loaded + self.rejected}"
        if self.loaded != self.item_versions:
            return f"store_sales_item_versions: expected {self.loaded}, found {self.item_versions}"
        return ""

    @property
    def is_validated(self) -> bool:
        """Whether the day is loaded, and rightly."""
        return not self.problem


@dataclass(frozen=True)
class Load:
    """How the load of one day ended.

    Attributes:
        error: The engine's own words, of a load that failed.
        may_pass: Whether it failed for a reason that was not its own, so that another try is worth it.
    """

    seconds: float
    error: str = ""
    may_pass: bool = False

    @classmethod
    def of_parts(cls, parts: Sequence[SubStatement], batch: Statement) -> "Load":
        """The load of the day whose statements were these parts of a batch that has ended."""
        seconds = sum(part.seconds for part in parts)
        unfinished = [part for part in parts if part.status != "FINISHED"]
        if parts and not unfinished:
            return cls(seconds)
        error = next((part.error for part in unfinished if part.error), batch.error) or f"is {batch.status}"
        # A batch that broke off has parts that never ran; one that somebody cancelled is not to be run again.
        never_ran = batch.status == "FAILED" and all(part.status == "ABORTED" for part in parts)
        return cls(seconds, error, never_ran or is_serialization_conflict(error))
