"""What happened in a run: its steps, validations and row counts, as tables for the log and the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table

from blocks import Statement
from flows.validation import Validation

TABLE_WIDTH = 110


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
        out = StringIO()
        console = Console(file=out, width=TABLE_WIDTH, color_system=None)
        for table in tables:
            console.print(table)
        text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
        return f"Sales of {self.run_date}\n{text}"


def _steps_table(steps: Sequence[Step]) -> Table:
    table = Table("step", "statement id", "status", box=box.SIMPLE_HEAD)
    table.add_column("seconds", justify="right")
    table.add_column("rows", justify="right")
    for step in steps:
        statement = step.statement
        rows = str(statement.rows) if statement.rows >= 0 else "-"
        table.add_row(step.name, statement.id, statement.status, f"{statement.seconds:.2f}", rows)
    return table


def _validations_table(validations: Sequence[Validation]) -> Table:
    table = Table("validation", "run date", box=box.SIMPLE_HEAD)
    table.add_column("expected", justify="right")
    table.add_column("found", justify="right")
    table.add_column("status")
    for check in validations:
        table.add_row(
            check.check_name, str(check.run_date), str(check.expected), str(check.actual), check.status
        )
    return table


def _rows_table(report: RunReport) -> Table:
    table = Table("table", box=box.SIMPLE_HEAD)
    table.add_column("rows before", justify="right")
    table.add_column("after", justify="right")
    for name, before, after in report.rows():
        table.add_row(name, *("-" if count is None else str(count) for count in (before, after)))
    return table
