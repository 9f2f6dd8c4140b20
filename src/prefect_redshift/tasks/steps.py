"""What the steps of a job do: read, deploy, set up, load, validate."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from prefect import get_run_logger

from prefect_redshift.data_api.request import MAX_STATEMENTS
from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.exceptions import StatementError
from prefect_redshift.pipeline.check_results import (
    CheckResult,
    ValidationFailedError,
    ValidationReport,
    report_of,
    results_of,
)
from prefect_redshift.pipeline.job import Script, Step
from prefect_redshift.reports.events import emit_validation
from prefect_redshift.runner.assets import attach_metadata
from prefect_redshift.tasks.job_run import JobRun

Parameters = Mapping[str, str]


async def read_script(run: JobRun, script: Script) -> None:
    """Read one of the job's scripts, from a folder or from S3, and check it against the declaration.

    Raises:
        ScriptError: It cannot be read, is not what the declaration says, or breaks a limit of the Data API.
    """
    run.scripts.keep(script, await run.source.text(script.file), run.source.path(script.file))


async def deploy_procedures(run: JobRun) -> Statement:
    """Create or replace the procedures, in one transaction."""
    return await run.run_statements(run.job.deploy, run.scripts.procedures(), {}, describe=False)


async def set_up(run: JobRun) -> Statement | None:
    """Create what is missing and check the days, in one transaction: a wrong day leaves no trace.

    With `setup=always`, it finishes at most once in a flow run: what it has dropped, later steps have loaded again.

    Raises:
        PipelineError: It drops tables and has finished in an earlier try with other SQL, or that cannot be told.
    """
    name = run.job.setup.name if run.job.setup else ""
    sql, parameters = run.scripts.setup(run.setup, run.days)
    if not sql:
        return None
    if run.setup != "always":
        after = run.chain.after([run.job.deploy] if run.job.procedures else [])
        return await run.run_statements(name, sql, parameters, after=after, describe=False)
    run.chain.check_destroying(name)
    # It comes after nothing: whatever has changed before it, it is not run a second time.
    return await run.run_statements(name, sql, parameters, at_most_once=True, describe=False)


async def load(run: JobRun, step: Step) -> Statement:
    """Run the statements of a step that loads, in one transaction; it is described beside the validation."""
    sql, parameters = run.scripts.load(step, run.run_date)
    before = [*run.job.first_steps, *run.job.loads_before(step)]
    statement = await run.run_statements(
        step.name, sql, parameters, after=run.chain.after(before, loads=True), describe=False
    )
    attach_metadata(statement)
    return statement


async def validate(run: JobRun) -> ValidationReport:
    """Run all checks as one statement and read its result; beside it, read what the loads have changed.

    Raises:
        ValidationFailedError: At least one failed: which, on which date, with its numbers.
        StatementError: The statement failed, and none of its checks does so by itself.
        CallError: A call was refused.
    """
    before = [*run.job.first_steps, *(step.name for step in run.job.loads)]
    after = run.chain.after(before, loads=True)
    report, _ = await asyncio.gather(_validated(run, after), run.read_changes())
    run.validation = report
    for check in report.checks:
        if check.warned:
            get_run_logger().warning("%s", check)
    emit_validation(run.job, report)
    if report.failed:
        raise ValidationFailedError(report)
    return report


async def failed_validations(run: JobRun) -> list[str]:
    """Return the ids of the validations of earlier tries at this flow run that have failed, by what they found.

    Raises:
        CallError: A call was refused.
    """
    finished = [listed for listed in run.chain.listed(run.job.validate) if listed.status == "FINISHED"]
    found = await asyncio.gather(*(_has_failed(run, listed.id) for listed in finished))
    return [listed.id for listed, failed in zip(finished, found, strict=True) if failed]


async def _has_failed(run: JobRun, statement_id: str) -> bool:
    statement = await run.warehouse.adescribe_statement(statement_id)
    return any(result.failed for result in results_of(await read_rows(run, statement), run.run_date))


async def _validated(run: JobRun, after: Sequence[str]) -> ValidationReport:
    suite = run.scripts.suite
    sql = run.scripts.in_schema(suite.statements())
    try:
        statement = await run.run_statements(run.job.validate, sql, _day(run), after=after, read_ahead=True)
    except StatementError as error:
        return await _one_by_one(run, after, error)
    return report_of(statement, await read_rows(run, statement), run.run_date)


async def _one_by_one(run: JobRun, after: Sequence[str], error: StatementError) -> ValidationReport:
    """Run each check by itself, once, to tell which of them fails as a statement.

    Raises:
        StatementError: None does; then what happened to all of them together is the error.
    """
    checks = run.scripts.suite.one_by_one()
    schema = run.scripts.in_schema(["-"])[:-1]
    results: list[CheckResult] = []
    name = f"{run.job.validate}_one_by_one"
    waiting = iter(checks.items())
    # Python 3.12 calls it itertools.batched.
    while batch := list(islice(waiting, MAX_STATEMENTS - len(schema))):
        sql = [*schema, *(statement for _, statement in batch)]
        try:
            ended = await run.run_statements(name, sql, _day(run), after=after, execution_mode="AUTO_COMMIT")
        except StatementError as failed:
            ended = failed.statement
        parts = ended.sub_statements[len(schema) :]
        for (check, _), part in zip(batch, parts, strict=True):
            results.append(await _result_of(run, check, part))
    if not any(result.failed for result in results):
        raise error
    return ValidationReport(error.statement, results)


async def _result_of(run: JobRun, name: str, part: SubStatement) -> CheckResult:
    if part.has_result_set and part.status == "FINISHED":
        rows = [row async for row in run.warehouse.rows(part, as_dict=True)]
        return results_of(rows, run.run_date)[0]
    words = part.error or f"it is {part.status}"
    return CheckResult(
        name=name,
        severity="fail",
        status="failed",
        summary=f"check {name} failed as a statement: {words}",
        run_date=run.run_date,
    )


def _day(run: JobRun) -> Parameters:
    return {"run_date": run.run_date.isoformat()} if run.run_date and run.scripts.for_a_day else {}


async def read_rows(run: JobRun, statement: Statement) -> list[Mapping[str, Any]]:
    """Read the rows of a statement or, of a batch, those of all its statements that have some."""
    parts = [part for part in statement.sub_statements or (statement,) if part.has_result_set]
    return [row for part in parts async for row in run.warehouse.rows(part, as_dict=True)]
