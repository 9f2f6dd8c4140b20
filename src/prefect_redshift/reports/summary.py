"""A run in a few lines of Markdown, which read as well in a chat message."""

from collections.abc import Iterator

from prefect_redshift.data_api.statement import shorten
from prefect_redshift.reports.report import RunReport

FAILURE_WIDTH = 400


def summary(report: RunReport) -> str:
    """The outcome, what the validations say, which tables grew, and what took longest."""
    return "\n".join([_headline(report), "", *(f"- {line}" for line in _lines(report))]) + "\n"


def _headline(report: RunReport) -> str:
    if report.failure:
        return f"**Sales of {report.run_date}: failed.** {shorten(report.failure, FAILURE_WIDTH)}"
    return f"**Sales of {report.run_date}: loaded.**"


def _lines(report: RunReport) -> Iterator[str]:
    if report.validations:
        passed = sum(validation.passed for validation in report.validations)
        yield f"{passed} of {len(report.validations)} validations passed"
    yield from (str(validation) for validation in report.validations if not validation.passed)
    for table, before, after in report.rows():
        if after is not None and before != after:
            change = "" if before is None else f" ({after - before:+,})"
            yield f"{table}: {after:,} rows{change}"
    if same := [table for table, before, after in report.rows() if after is not None and before == after]:
        yield f"as many rows as before: {', '.join(same)}"
    if report.steps:
        longest = max(report.steps, key=lambda step: step.statement.seconds)
        total = sum(step.statement.seconds for step in report.steps)
        yield (
            f"{len(report.steps)} statements, {total:.2f} s of run time; "
            f"longest: {longest.name}, {longest.statement.seconds:.2f} s"
        )
