"""What happened in a run: its steps, checks and row counts, as tables for the log and the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.pipeline.check_results import CheckResult
from prefect_redshift.reports.text_table import text_table

# What the names of the OUT arguments begin with by which a load tells what it changed.
CHANGES_PREFIX = "rows_"


@dataclass(frozen=True)
class StepReport:
    """One step that ran a statement.

    Attributes:
        changes: What the load itself tells that it changed, such as `rows_inserted`; empty where it tells nothing.
    """

    name: str
    statement: Statement
    changes: Mapping[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> str:
        """The changes in words, such as `5 inserted, 2 updated`."""
        return ", ".join(
            f"{number:,} {name.removeprefix(CHANGES_PREFIX)}" for name, number in self.changes.items()
        )


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """What a run of a job did, whoever ran its steps.

    Attributes:
        name: The job's name, with which the keys of artifacts begin.
        title: The job's title.
        run_date: The day that was loaded; None for a job without days.
        steps: Those that got as far as a statement, in order.
        row_counts: How many rows the tables held at the end that are not loaded day by day.
        failure: Why the run failed, on one line; empty where it did not.
        console: The page of AWS's console that shows the warehouse's queries, if there is one.
    """

    name: str
    title: str
    run_date: date | None = None
    steps: Sequence[StepReport] = ()
    checks: Sequence[CheckResult] = ()
    row_counts: Mapping[str, int] = field(default_factory=dict)
    failure: str = ""
    console: str | None = None

    @property
    def heading(self) -> str:
        """The title, and of which day."""
        return f"{self.title} of {self.run_date}" if self.run_date else self.title

    def __str__(self) -> str:
        tables = [_steps_table(self.steps)]
        if self.checks:
            tables.append(_checks_table(self.checks))
        if self.row_counts:
            tables.append(text_table(["table", ">rows"], [[t, f"{n:,}"] for t, n in self.row_counts.items()]))
        return "\n\n".join([self.heading, *tables])


def _steps_table(steps: Sequence[StepReport]) -> str:
    def cells(step: StepReport) -> Sequence[str]:
        statement = step.statement
        return step.name, statement.id, statement.status, f"{statement.seconds:.2f}", step.changed or "-"

    return text_table(["step", "statement id", "status", ">seconds", "rows"], [cells(step) for step in steps])


def _checks_table(checks: Sequence[CheckResult]) -> str:
    def cells(check: CheckResult) -> Sequence[str]:
        numbers = ["-" if number is None else str(number) for number in (check.expected, check.actual)]
        return check.name, *numbers, check.status

    return text_table(["check", ">expected", ">found", "status"], [cells(check) for check in checks])
