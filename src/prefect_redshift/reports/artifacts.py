"""What a run leaves in Prefect's UI: a summary, a timeline, and tables of its steps, checks and row counts."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, TypeAlias

from prefect import get_client, get_run_logger
from prefect.artifacts import Artifact, MarkdownArtifact, TableArtifact

from prefect_redshift.pipeline.check_results import CheckResult
from prefect_redshift.reports.days_report import DaysReport
from prefect_redshift.reports.run_report import RunReport, StepReport
from prefect_redshift.reports.summary import summary
from prefect_redshift.reports.timeline import svg

Report: TypeAlias = RunReport | DaysReport
# Beyond that, a run's end is worth more than its artifacts.
PUBLISH_SECONDS = 5.0


async def publish(report: Report) -> None:
    """Write the report as artifacts of the current run. The history of each key is a history of runs.

    What goes wrong is logged, and never raised.
    """
    artifacts = [report.artifact()] if isinstance(report, DaysReport) else artifacts_of(report)
    try:
        async with asyncio.timeout(PUBLISH_SECONDS), get_client() as client:
            await asyncio.gather(*(artifact.acreate(client) for artifact in artifacts))
    except Exception as error:
        get_run_logger().warning("The run's artifacts were not written: %s", error or type(error).__name__)


def artifacts_of(report: RunReport) -> Iterator[Artifact]:
    """Yield the artifacts that the report has something for."""
    key, heading = report.name, report.heading
    yield MarkdownArtifact(key=f"{key}-summary", description=heading, markdown=summary(report))
    if report.steps:
        yield TableArtifact(
            key=f"{key}-steps",
            description=f"{heading}: the statement of each step",
            table=[_step_row(step, report.console) for step in report.steps],
        )
        yield MarkdownArtifact(
            key=f"{key}-timeline",
            description=f"{heading}: when each statement was queued (pale) and ran",
            markdown=f"![timeline](data:image/svg+xml;base64,{b64encode(svg(report.steps).encode()).decode()})",
        )
    if report.checks:
        yield TableArtifact(
            key=f"{key}-checks",
            description=f"{heading}: what the checks found",
            table=[_check_row(check) for check in report.checks],
        )
    if rows := list(_rows(report)):
        yield TableArtifact(
            key=f"{key}-rows", description=f"{heading}: rows changed, and rows there are", table=rows
        )


def _step_row(step: StepReport, console: str | None) -> dict[str, Any]:
    statement = step.statement
    return {
        "step": step.name,
        "status": statement.status,
        "queued (s)": f"{statement.queued_seconds:.2f}",
        "ran (s)": f"{statement.seconds:.2f}",
        "rows": step.changed or None,
        "query": statement.redshift_query_id or None,
        "statement id": f"[{statement.id}]({console})" if console else statement.id,
        "statement name": statement.name,
    }


def _check_row(check: CheckResult) -> dict[str, Any]:
    return {
        "check": check.name,
        "run date": str(check.run_date) if check.run_date else None,
        "expected": None if check.expected is None else str(check.expected),
        "found": None if check.actual is None else str(check.actual),
        "if unequal": check.severity,
        "status": check.status,
        "summary": check.summary or None,
    }


def _rows(report: RunReport) -> Iterator[dict[str, Any]]:
    for step in report.steps:
        if step.changes:
            yield {"step or table": step.name, "rows": step.changed}
    for table, rows in report.row_counts.items():
        yield {"step or table": table, "rows": f"{rows:,}"}
