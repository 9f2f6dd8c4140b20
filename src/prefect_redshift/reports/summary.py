"""A run in a few lines of Markdown, which read as well in a chat message."""

from collections.abc import Iterator

from prefect_redshift.data_api.statement import shorten
from prefect_redshift.reports.run_report import RunReport

FAILURE_WIDTH = 400


def summary(report: RunReport) -> str:
    """Return the outcome, what the checks say, what the loads changed, and what took longest."""
    return "\n".join([_headline(report), "", *(f"- {line}" for line in _lines(report))]) + "\n"


def _headline(report: RunReport) -> str:
    if report.failure:
        return f"**{report.heading}: failed.** {shorten(report.failure, FAILURE_WIDTH)}"
    return f"**{report.heading}: loaded.**"


def _lines(report: RunReport) -> Iterator[str]:
    if report.checks:
        passed = sum(check.passed for check in report.checks)
        yield f"{passed} of {len(report.checks)} checks passed"
    yield from (str(check) for check in report.checks if not check.passed)
    for step in report.steps:
        if step.changes:
            yield f"{step.name}: {step.changed}"
    if report.row_counts:
        yield "rows: " + ", ".join(f"{table} {rows:,}" for table, rows in report.row_counts.items())
    if report.steps:
        longest = max(report.steps, key=lambda step: step.statement.seconds)
        total = sum(step.statement.seconds for step in report.steps)
        yield (
            f"{len(report.steps)} statements, {total:.2f} s of run time; "
            f"longest: {longest.name}, {longest.statement.seconds:.2f} s"
        )
