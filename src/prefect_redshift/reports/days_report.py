"""What became of many days: one table, and the error that names those that failed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from prefect.artifacts import TableArtifact

from prefect_redshift.data_api.statement import shorten
from prefect_redshift.exceptions import PipelineError
from prefect_redshift.reports.text_table import text_table

# The artifact's key: under one key, the UI keeps the tables of all runs together.
KEY = "days-report"
NAMED_IN_ERROR = 5
ERROR_WIDTH = 200

Status = Literal["loaded", "skipped", "failed", "interrupted", "not reached"]


@dataclass(frozen=True)
class DayReport:
    """What became of one day; a number is None where it is not known.

    Attributes:
        status: `loaded` and validated, or `skipped` because it was so before; `failed` with its error; `interrupted`
            while it was being loaded; `not reached`.
    """

    day: date
    status: Status
    delivered: int | None = None
    loaded: int | None = None
    rejected: int | None = None
    seconds: float | None = None
    error: str = ""


@dataclass(frozen=True)
class DaysReport:
    """What became of each day, in order."""

    days: Sequence[DayReport] = ()

    def check(self) -> None:
        """Does nothing if every day is loaded.

        Raises:
            DaysFailedError: At least one is not.
        """
        if failed := [day for day in self.days if day.status not in ("loaded", "skipped")]:
            raise DaysFailedError(failed, len(self.days))

    def __str__(self) -> str:
        def cells(day: DayReport) -> Sequence[str]:
            counts = ["-" if n is None else str(n) for n in (day.delivered, day.loaded, day.rejected)]
            seconds = "-" if day.seconds is None else f"{day.seconds:.2f}"
            return str(day.day), day.status, *counts, seconds, shorten(day.error, ERROR_WIDTH)

        headings = ["day", "status", ">delivered", ">loaded", ">rejected", ">seconds", "error"]
        return text_table(headings, [cells(day) for day in self.days])

    def artifact(self) -> TableArtifact:
        """The same table for Prefect's UI."""
        rows = [{**asdict(day), "day": str(day.day)} for day in self.days]
        return TableArtifact(key=KEY, description=f"{len(rows)} days", table=rows)


class DaysFailedError(PipelineError):
    """Some days could not be loaded.

    Attributes:
        days: Those, each with its own error.
    """

    def __init__(self, days: Sequence[DayReport], asked: int) -> None:
        self.days = days
        named = [
            f"{day.day}: {shorten(day.error or day.status, ERROR_WIDTH)}" for day in days[:NAMED_IN_ERROR]
        ]
        more = [f"and {len(days) - NAMED_IN_ERROR} more"] if len(days) > NAMED_IN_ERROR else []
        super().__init__(
            f"{len(days)} of {asked} days failed: {'; '.join(named + more)}. The others are committed: mend the "
            "source, then run the same again, which loads only what is missing."
        )
