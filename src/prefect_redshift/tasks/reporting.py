"""The end of a run: waiting for its steps, then telling what happened, in the log and in Prefect's UI."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from prefect import get_run_logger
from prefect.futures import PrefectFuture

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import StatementError, one_line
from prefect_redshift.pipeline.validation import Counted, Validated, ValidationFailedError
from prefect_redshift.reports.artifacts import publish
from prefect_redshift.reports.days_report import DaysReport
from prefect_redshift.reports.report import RunReport, Step
from prefect_redshift.runner.cancellation import cancellation_confirmed
from prefect_redshift.runner.task_runner import EventLoopFuture, finished, own_futures
from prefect_redshift.step_functions.execution import Execution


async def finished_and_reported(
    warehouse: RedshiftDataApi, run_date: date, *futures: PrefectFuture[Any]
) -> RunReport:
    """Waits for all steps and logs the report; of a run that fails, it is written as artifacts before that is raised.

    Of a run that succeeds the hook `publish_report` writes them, so that nobody waits for that.

    Raises:
        Exception: The first failure among the steps; the others were cancelled.
    """
    failure = ""
    try:
        async with cancellation_confirmed():
            await finished(*futures)
        for future in own_futures(futures):
            if isinstance(outcome := await future, DaysReport):
                outcome.check()
    except BaseException as error:
        failure = one_line(error) or "interrupted"
        raise
    finally:
        report = await report_of(warehouse, run_date, own_futures(futures), failure)
        if report.steps:
            get_run_logger().info(str(report))
        if failure:
            await publish(report)
    return report


async def report_of(
    warehouse: RedshiftDataApi, run_date: date, futures: Sequence[EventLoopFuture[Any]], failure: str = ""
) -> RunReport:
    """What the steps that have ended tell of themselves."""
    ended = [(future.name, await _outcome(future)) for future in futures if future.has_ended]
    steps = [step for name, outcome in ended for step in _steps(name, outcome)]
    counted = [outcome.row_counts for _, outcome in ended if isinstance(outcome, Counted)]
    validated = [outcome for _, outcome in ended if isinstance(outcome, Validated)]
    return RunReport(
        run_date,
        steps=tuple(steps),
        validations=tuple(validation for outcome in validated for validation in outcome.validations),
        rows_before=counted[0] if counted else {},
        rows_after=validated[0].row_counts if validated else {},
        failure=failure,
        console=await warehouse.console_url(),
    )


async def _outcome(future: EventLoopFuture[Any]) -> Any:
    state = future.state
    outcome = await state.aresult(raise_on_failure=False) if state.is_final() else None
    return outcome.validated if isinstance(outcome, ValidationFailedError) else outcome


def _steps(name: str, outcome: Any) -> Iterator[Step]:
    if isinstance(outcome, StatementError | Counted | Validated):
        yield Step(name, outcome.statement)
    elif isinstance(outcome, Statement):
        yield Step(name, outcome)
    elif isinstance(outcome, Execution) and isinstance(outcome.output, Mapping):
        # What the state machine tells of its steps: statement, status and run time.
        for part, told in outcome.output.items():
            if isinstance(told, Mapping) and "Id" in told:
                yield Step(part, Statement.from_response(told, f"{outcome.name}/{part}"))
