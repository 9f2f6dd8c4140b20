"""What became of many days: one table, and the error that names those that failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from prefect.artifacts import TableArtifact

from prefect_redshift.data_api.statement import shorten
from prefect_redshift.exceptions import PipelineError
from prefect_redshift.reports.text_table import text_table

NAMED_IN_ERROR = 5
ERROR_WIDTH = 200

Status = Literal["loaded", "skipped", "failed", "interrupted", "not reached"]


@dataclass(frozen=True)
class DayReport:
    """What became of one day; a number is None where it is not known.

    Attributes:
        status: `loaded` and validated, or `skipped` because it was so before; `failed` with its error; `interrupted`
            while it was being loaded; `not reached`.
        counts: What the job's own query counts beside the rows delivered.
    """

    day: date
    status: Status
    delivered: int | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None
    error: str = ""


@dataclass(frozen=True)
class DaysReport:
    """What became of each day, in order.

    Attributes:
        name: The job's name, with which the artifact's key begins.
    """

    days: Sequence[DayReport] = ()
    name: str = ""

    @property
    def failed(self) -> list[DayReport]:
        """The days that are not loaded."""
        return [day for day in self.days if day.status not in ("loaded", "skipped")]

    def check(self) -> None:
        """Do nothing if every day is loaded.

        Raises:
            DaysFailedError: At least one is not.
        """
        if failed := self.failed:
            raise DaysFailedError(failed, len(self.days))

    def __str__(self) -> str:
        names = self._counted

        def cells(day: DayReport) -> Sequence[str]:
            numbers = [day.delivered, *(day.counts.get(name) for name in names)]
            counts = ["-" if number is None else str(number) for number in numbers]
            seconds = "-" if day.seconds is None else f"{day.seconds:.2f}"
            return str(day.day), day.status, *counts, seconds, shorten(day.error, ERROR_WIDTH)

        headings = ["day", "status", ">delivered", *(f">{name}" for name in names), ">seconds", "error"]
        return text_table(headings, [cells(day) for day in self.days])

    def artifact(self) -> TableArtifact:
        """Return the same table for Prefect's UI; under one key, it keeps the tables of all runs of a job together."""
        names = self._counted
        rows = [
            {
                "day": str(day.day),
                "status": day.status,
                "delivered": day.delivered,
                **{name: _cell(day.counts.get(name)) for name in names},
                "seconds": day.seconds,
                "error": day.error,
            }
            for day in self.days
        ]
        return TableArtifact(key=f"{self.name}-days", description=f"{len(rows)} days", table=rows)

    @property
    def _counted(self) -> list[str]:
        """The names of the numbers that the job's own query adds."""
        return list(dict.fromkeys(name for day in self.days for name in day.counts))


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else str(value)


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
            f"{len(days)} of {asked} days failed: {'; '.join(named + more)}. The others are committed: fix the "
            "source, then run the same again, which loads only what is missing."
        )
