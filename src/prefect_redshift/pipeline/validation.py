"""What the validations found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import PipelineError

Severity = Literal["fail", "warn"]
Number: TypeAlias = int | float | Decimal


@dataclass(frozen=True)
class Validation:
    """What one validation found.

    Attributes:
        status: `passed`, `failed` or, where it is only told, `warned`.
        severity: What happens where the numbers differ.
    """

    check_name: str
    run_date: date
    expected: Number
    actual: Number
    status: str
    severity: Severity = "fail"

    @property
    def passed(self) -> bool:
        """Whether the warehouse holds what it should."""
        return self.status == "passed"

    @property
    def warned(self) -> bool:
        """Whether it does not, and that is only told."""
        return not self.passed and self.severity == "warn"

    @property
    def failed(self) -> bool:
        """Whether it does not, and that fails the run."""
        return not self.passed and self.severity == "fail"

    def __str__(self) -> str:
        return (
            f"validation {self.check_name} {self.status} on {self.run_date}: "
            f"expected {self.expected}, found {self.actual}"
        )


@dataclass(frozen=True)
class Counted:
    """A statement that counted, last of all, the rows of the tables, and what it found: their number by table."""

    statement: Statement
    row_counts: Mapping[str, int]


@dataclass(frozen=True)
class Validated:
    """The validations of a run, the statement that made them, and the number of rows by table at that time."""

    statement: Statement
    validations: Sequence[Validation]
    row_counts: Mapping[str, int] = field(default_factory=dict)


class ValidationFailedError(PipelineError):
    """The warehouse does not hold what it should after the load.

    Attributes:
        validated: All validations that were made, the failed ones among them.
    """

    def __init__(self, validated: Validated) -> None:
        self.validated = validated
        failed = "; ".join(str(validation) for validation in validated.validations if validation.failed)
        super().__init__(f"{failed}. What was loaded is committed: mend the source, then run the day again.")
