"""What happened in a run: its steps and validations, as a table for the log and the terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import Any

from prefect import get_run_logger
from prefect.futures import PrefectFuture
from rich import box
from rich.console import Console
from rich.table import Table

from blocks import Statement, StatementError
from flows.cancellation import cancellation_confirmed
from flows.task_runner import EventLoopFuture, finished, own_futures
from flows.validation import Validated, Validation, ValidationFailedError

TABLE_WIDTH = 110


@dataclass(frozen=True)
class Step:
    """One step that ran a statement."""

    name: str
    statement: Statement


@dataclass(frozen=True)
class RunReport:
    """The steps of a run that got as far as a statement, in order, and its validations."""

    run_date: date
    steps: Sequence[Step] = field(default=())
    validations: Sequence[Validation] = field(default=())

    def __str__(self) -> str:
        tables = [_steps_table(self.steps)]
        if self.validations:
            tables.append(_validations_table(self.validations))
        out = StringIO()
        console = Console(file=out, width=TABLE_WIDTH, color_system=None)
        for table in tables:
            console.print(table)
        text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
        return f"Sales of {self.run_date}\n{text}"


async def finished_and_reported(run_date: date, *futures: PrefectFuture[Any]) -> RunReport:
    """Waits for all steps and logs the report, also of a run that fails.

    Raises:
        Exception: The first failure among the steps; the others were cancelled.
    """
    try:
        async with cancellation_confirmed():
            await finished(*futures)
    finally:
        report = await report_of(run_date, own_futures(futures))
        if report.steps:
            get_run_logger().info(str(report))
    return report


async def report_of(run_date: date, futures: Sequence[EventLoopFuture[Any]]) -> RunReport:
    """What the steps that have ended tell of themselves."""
    ended = [(future.name, await _outcome(future)) for future in futures if future.has_ended]
    steps = [Step(name, statement) for name, outcome in ended if (statement := _statement(outcome))]
    validations = [validation for _, outcome in ended for validation in _validations(outcome)]
    return RunReport(run_date, tuple(steps), tuple(validations))


async def _outcome(future: EventLoopFuture[Any]) -> Any:
    state = future.state
    outcome = await state.aresult(raise_on_failure=False) if state.is_final() else None
    return outcome.validated if isinstance(outcome, ValidationFailedError) else outcome


def _statement(outcome: Any) -> Statement | None:
    if isinstance(outcome, StatementError | Validated):
        return outcome.statement
    return outcome if isinstance(outcome, Statement) else None


def _validations(outcome: Any) -> Iterator[Validation]:
    if isinstance(outcome, Validated):
        yield from outcome.validations


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
