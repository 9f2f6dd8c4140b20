"""What a run leaves in Prefect's UI: a summary, a timeline, and tables of its steps, validations and row counts."""

import asyncio
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

from prefect import get_client, get_run_logger
from prefect.artifacts import Artifact, MarkdownArtifact, TableArtifact

from prefect_redshift.reports.report import RunReport, Step
from prefect_redshift.reports.summary import summary
from prefect_redshift.reports.timeline import svg

KEY = "sales-data-pipeline"
# Beyond that, a run's end is worth more than its artifacts.
PUBLISH_SECONDS = 5.0


async def publish(report: RunReport, *, key: str = KEY) -> None:
    """Writes the report as artifacts of the current run.

    Args:
        report: What happened, whoever ran the steps.
        key: What the artifacts' keys begin with: the history of each key is a history of runs.
    """
    await write(artifacts_of(report, key))


async def write(artifacts: Iterable[Artifact]) -> None:
    """Writes artifacts of the current run, all at once. What goes wrong is logged, and never raised."""
    try:
        async with asyncio.timeout(PUBLISH_SECONDS), get_client() as client:
            await asyncio.gather(*(artifact.acreate(client) for artifact in artifacts))
    except Exception as error:
        get_run_logger().warning("The run's artifacts were not written: %s", error or type(error).__name__)


def artifacts_of(report: RunReport, key: str) -> Iterator[Artifact]:
    """The artifacts that the report has something for."""
    title = f"Sales of {report.run_date}"
    yield MarkdownArtifact(key=f"{key}-summary", description=title, markdown=summary(report))
    if report.steps:
        yield TableArtifact(
            key=f"{key}-steps",
            description=f"{title}: the statement of each step",
            table=[_step_row(step, report.console) for step in report.steps],
        )
        yield MarkdownArtifact(
            key=f"{key}-timeline",
            description=f"{title}: when each statement was queued (pale) and ran",
            markdown=f"![timeline](data:image/svg+xml;base64,{b64encode(svg(report.steps).encode()).decode()})",
        )
    if report.validations:
        yield TableArtifact(
            key=f"{key}-validations",
            description=f"{title}: what the validations found",
            table=[
                {
                    "validation": validation.check_name,
                    "run date": str(validation.run_date),
                    "expected": str(validation.expected),
                    "found": str(validation.actual),
                    "if unequal": validation.severity,
                    "status": validation.status,
                }
                for validation in report.validations
            ],
        )
    if report.rows_before or report.rows_after:
        yield TableArtifact(
            key=f"{key}-rows",
            description=f"{title}: rows before the loads and after",
            table=[_count_row(*counts) for counts in report.rows()],
        )


def _step_row(step: Step, console: str | None) -> dict[str, Any]:
    statement = step.statement
    return {
        "step": step.name,
        "status": statement.status,
        "queued (s)": f"{statement.queued_seconds:.2f}",
        "ran (s)": f"{statement.seconds:.2f}",
        "rows": statement.rows if statement.rows >= 0 else None,
        "query": statement.redshift_query_id or None,
        "statement id": f"[{statement.id}]({console})" if console else statement.id,
        "statement name": statement.name,
    }


def _count_row(table: str, before: int | None, after: int | None) -> dict[str, Any]:
    change = after - before if after is not None and before is not None else None
    return {"table": table, "before": before, "after": after, "change": f"{change:+,}" if change else change}
