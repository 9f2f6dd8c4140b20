"""What the validations found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from blocks import Statement
from flows.errors import PipelineError


@dataclass(frozen=True)
class Validation:
    """One row that a statement of `validate_sql_statement.sql` returned."""

    check_name: str
    run_date: date
    expected: int
    actual: int
    status: str

    @property
    def passed(self) -> bool:
        """Whether the warehouse holds what it should."""
        return self.status == "passed"

    def __str__(self) -> str:
        return (
            f"validation {self.check_name} {self.status} on {self.run_date}: "
            f"expected {self.expected}, found {self.actual}"
        )


@dataclass(frozen=True)
class Validated:
    """The validations of a run, and the statement that made them."""

    statement: Statement
    validations: Sequence[Validation]


class ValidationFailedError(PipelineError):
    """The warehouse does not hold what it should after the load.

    Attributes:
        validated: All validations that were made, the failed ones among them.
    """

    def __init__(self, validated: Validated) -> None:
        self.validated = validated
        failed = "; ".join(str(validation) for validation in validated.validations if not validation.passed)
        super().__init__(f"{failed}. What was loaded is committed: mend the source, then run the day again.")
