"""What happened in a run: its steps, validations and row counts, as tables for the log and the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.pipeline.validation import Validation
from prefect_redshift.reports.text_table import text_table


@dataclass(frozen=True)
class Step:
    """One step that ran a statement."""

    name: str
    statement: Statement


@dataclass(frozen=True)
class RunReport:
    """What a run did, whoever ran its steps.

    Attributes:
        steps: Those that got as far as a statement, in order.
        rows_before: The number of rows by table before the loads; empty where they were not counted.
        rows_after: The same after the loads.
        failure: Why the run failed, on one line; empty where it did not.
        console: The page of AWS's console that shows the warehouse's queries, if there is one.
    """

    run_date: date
    steps: Sequence[Step] = field(default=())
    validations: Sequence[Validation] = field(default=())
    rows_before: Mapping[str, int] = field(default_factory=dict)
    rows_after: Mapping[str, int] = field(default_factory=dict)
    failure: str = ""
    console: str | None = None

    def rows(self) -> Iterator[tuple[str, int | None, int | None]]:
        """Each table with its number of rows before and after, None where it was not counted."""
        for table in dict.fromkeys([*self.rows_before, *self.rows_after]):
            yield table, self.rows_before.get(table), self.rows_after.get(table)

    def __str__(self) -> str:
        tables = [_steps_table(self.steps)]
        if self.validations:
            tables.append(_validations_table(self.validations))
        if self.rows_after:
            tables.append(_rows_table(self))
        return "\n\n".join([f"Sales of {self.run_date}", *tables])


def _steps_table(steps: Sequence[Step]) -> str:
    def cells(name: str, statement: Statement) -> Sequence[str]:
        rows = str(statement.rows) if statement.rows >= 0 else "-"
        return name, statement.id, statement.status, f"{statement.seconds:.2f}", rows

    headings = ["step", "statement id", "status", ">seconds", ">rows"]
    return text_table(headings, [cells(step.name, step.statement) for step in steps])


def _validations_table(validations: Sequence[Validation]) -> str:
    def cells(check: Validation) -> Sequence[str]:
        return check.check_name, str(check.run_date), str(check.expected), str(check.actual), check.status

    headings = ["validation", "run date", ">expected", ">found", "status"]
    return text_table(headings, [cells(check) for check in validations])


def _rows_table(report: RunReport) -> str:
    def cells(name: str, *counts: int | None) -> Sequence[str]:
        return name, *("-" if count is None else str(count) for count in counts)

    return text_table(["table", ">rows before", ">after"], [cells(*row) for row in report.rows()])
