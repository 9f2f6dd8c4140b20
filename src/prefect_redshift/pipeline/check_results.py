"""What the checks of a run found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import PipelineError
from prefect_redshift.pipeline.checks import COUNTED, Severity


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What one check found.

    Attributes:
        status: `passed`, `failed`, `warned`, or `invalid`: its query returned no row, several, or NULL.
        expected: None where the check is invalid or its statement failed.
        summary: One sentence about a check that did not pass.
    """

    name: str
    severity: Severity
    status: str
    expected: Decimal | None = None
    actual: Decimal | None = None
    summary: str = ""
    run_date: date | None = None

    @property
    def passed(self) -> bool:
        """Whether the warehouse holds what it should."""
        return self.status == "passed"

    @property
    def failed(self) -> bool:
        """Whether it does not, and that fails the run."""
        return not self.passed and self.severity == "fail"

    @property
    def warned(self) -> bool:
        """Whether it does not, and that is only told."""
        return not self.passed and self.severity == "warn"

    def __str__(self) -> str:
        return self.summary or f"check {self.name} {self.status}"


@dataclass(frozen=True)
class ValidationReport:
    """The checks of a run, the statement that ran them, and how many rows some tables held at that time."""

    statement: Statement
    checks: Sequence[CheckResult]
    row_counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> Sequence[CheckResult]:
        """The checks that fail the run."""
        return [check for check in self.checks if check.failed]


class ValidationFailedError(PipelineError):
    """The warehouse does not hold what it should after the load.

    Attributes:
        report: All checks that were made, the failed ones among them.
    """

    def __init__(self, report: ValidationReport) -> None:
        self.report = report
        failed = "; ".join(str(check).rstrip(".") for check in report.failed)
        super().__init__(
            f"{failed}. What was loaded is committed. Retry does not help by itself: fix the source or the check, then "
            "retry this run, which loads and validates again."
        )


def report_of(
    statement: Statement, rows: Sequence[Mapping[str, Any]], run_date: date | None
) -> ValidationReport:
    """Make the report of the rows that the statements of a `CheckSuite` have returned."""
    counts = {row["check_name"]: int(row["actual"]) for row in rows if row["severity"] == COUNTED}
    return ValidationReport(statement, results_of(rows, run_date), counts)


def results_of(rows: Iterable[Mapping[str, Any]], run_date: date | None) -> list[CheckResult]:
    """Read the checks among the rows that a statement of a `CheckSuite` has returned."""
    return [
        CheckResult(
            name=row["check_name"],
            severity=row["severity"],
            status=row["status"],
            expected=_plain(row["expected"]),
            actual=_plain(row["actual"]),
            summary=row["summary"] or "",
            run_date=run_date,
        )
        for row in rows
        if row["severity"] != COUNTED
    ]


def _plain(number: Decimal | None) -> Decimal | None:
    """Return the number as a person writes it: without the zeros that its column's scale adds."""
    if number is None:
        return None
    whole = number == number.to_integral_value()
    return number.quantize(Decimal(1)) if whole else number.normalize()
