"""Loads many days: up to 40 calls a batch, each committed by itself, one batch after another."""

from collections import deque
from collections.abc import Sequence
from datetime import date

from prefect import get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.request import MAX_STATEMENTS
from prefect_redshift.data_api.statement import ENDED_STATUSES, Statement
from prefect_redshift.exceptions import PipelineError, StatementError
from prefect_redshift.pipeline.days import Day, Load
from prefect_redshift.pipeline.scripts import Steps, for_each_day, statements_of_step
from prefect_redshift.reports.artifacts import write
from prefect_redshift.reports.days_report import DayReport, DaysReport, Status
from prefect_redshift.reports.progress import progress_of
from prefect_redshift.tasks.steps import redshift_task, statement_name, step

_CALLS_OF_A_DAY = "run_load_fact_sales"


@redshift_task
async def settle_earlier_runs(warehouse: RedshiftDataApi) -> None:
    """Waits for whatever earlier runs of this flow, also killed ones, have left running in the warehouse.

    What they commit is then found, and not loaded again. Nothing is cancelled: its process may be alive.
    """
    prefix = f"{runtime.flow_run.flow_name}/"
    async for listed in warehouse.list_statements(prefix):
        if listed.status not in ENDED_STATUSES:
            get_run_logger().info("Waiting for %s (%s) of an earlier run", listed.name, listed.id)
            await warehouse.wait(Statement(id=listed.id, status=listed.status, name=listed.name))


@redshift_task
async def find_days(warehouse: RedshiftDataApi, steps: Steps, days: Sequence[date]) -> list[Day]:
    """What the warehouse holds for each of the days, in order; those outside the calendar are left out.

    Raises:
        ScriptError: The script of steps has no `find_days`.
        StatementError: It ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    listed = [day.isoformat() for day in sorted(days)]
    parameters = {"first_day": listed[0], "last_day": listed[-1], "days": ",".join(listed)}
    (sql,) = statements_of_step(steps, "find_days")
    statement = await warehouse.run(sql, parameters, name=_name_in_this_try())
    return [Day(**row._asdict()) async for row in warehouse.rows(statement)]


# Not tried again as a whole: the days that it has loaded would be loaded twice. Each call is, though.
@task(cache_policy=NO_CACHE)
async def load_batch(warehouse: RedshiftDataApi, sql: Sequence[str], days: Sequence[date]) -> list[Load]:
    """Runs the statements of each day, all in one batch, each committed by itself; a day that fails stops no other.

    Raises:
        CallError: A call was refused.
    """
    calls, parameters = for_each_day(sql, days)
    # The block's limit is meant for one statement.
    timeout = warehouse.statement_timeout_seconds * len(calls)
    try:
        batch = await warehouse.run(
            calls, parameters, name=_name_in_this_try(), execution_mode="AUTO_COMMIT", timeout=timeout
        )
    except StatementError as error:
        batch = error.statement
    parts = batch.sub_statements
    return [Load.of_parts(parts[n : n + len(sql)], batch) for n in range(0, len(calls), len(sql))]


def _name_in_this_try() -> str:
    # A run that is resumed looks anew at what there is, and loads other days.
    return f"{statement_name()}/{runtime.flow_run.run_count}"


@task(cache_policy=NO_CACHE)
async def load_days(
    warehouse: RedshiftDataApi,
    steps: Steps,
    asked: Sequence[date],
    found: Sequence[Day],
    reload: bool = False,
) -> DaysReport:
    """Loads those of the days that are not validated, then validates them; logs the table of all, however it ends.

    Args:
        warehouse: Where.
        steps: The script of steps.
        asked: The days.
        found: What the warehouse holds for them.
        reload: Whether validated days are loaded again, too.

    Raises:
        PipelineError: The calendar lacks one of the days; nothing is loaded.
        CallError: A call was refused.
        StatementError: The validation ended otherwise than FINISHED.
    """
    if missing := set(asked) - {day.day for day in found}:
        raise PipelineError(f"{min(missing)} is not in the calendar (date_dim): nothing was loaded.")
    days = DayLoads(found, reload=reload)
    try:
        await days.run(warehouse, steps)
    finally:
        report = days.report()
        get_run_logger().info("%s days were asked for:\n%s", len(report.days), report)
        await write([report.artifact()])
    return report


class DayLoads:
    """The days that are to be loaded, and what has become of each so far.

    Args:
        found: The days asked for, as the warehouse holds them.
        reload: Whether days that are validated already are loaded again.
    """

    def __init__(self, found: Sequence[Day], *, reload: bool = False) -> None:
        self._found = {day.day: day for day in found}
        self._wanted = {day.day: None for day in found if reload or not day.is_validated}
        self._validated: dict[date, Day] = {}
        self._submitted: set[date] = set()
        self._loads: dict[date, Load] = {}

    async def run(self, warehouse: RedshiftDataApi, steps: Steps) -> None:
        """Loads what is to be loaded, and validates it."""
        if self._wanted:
            await self._load(warehouse, statements_of_step(steps, _CALLS_OF_A_DAY))
            validated = await step("validate_days", find_days)(warehouse, steps, list(self._wanted))
            self._validated = {day.day: day for day in validated}

    async def _load(self, warehouse: RedshiftDataApi, sql: Sequence[str]) -> None:
        waiting = deque(self._wanted)
        size = max(1, MAX_STATEMENTS // len(sql))
        number = 0
        async with progress_of(len(waiting)) as show:
            while waiting:
                number += 1
                days = [waiting.popleft() for _ in range(min(size, len(waiting)))]
                again = self._submitted.intersection(days)
                self._submitted.update(days)
                loads = await step(f"load_days_{number:02}", load_batch)(warehouse, sql, days)
                self._loads.update(zip(days, loads, strict=True))
                waiting.extend(
                    day for day, load in zip(days, loads, strict=True) if load.may_pass and day not in again
                )
                await show(len(self._wanted) - len(waiting))
                _tell(number, days, loads, len(waiting))

    def report(self) -> DaysReport:
        """What has become of each day so far."""
        return DaysReport([self._report_of(day) for day in self._found.values()])

    def _report_of(self, found: Day) -> DayReport:
        day, load = found.day, self._loads.get(found.day)
        if day not in self._wanted:
            return DayReport(day, "skipped", found.delivered, found.loaded, found.rejected)
        if load is None:
            return DayReport(day, "interrupted" if day in self._submitted else "not reached")
        now = self._validated.get(day)
        if now is None:
            return DayReport(day, "failed", seconds=load.seconds, error=load.error or "not validated")
        error = load.error or now.problem
        status: Status = "failed" if error else "loaded"
        return DayReport(day, status, now.delivered, now.loaded, now.rejected, load.seconds, error)


def _tell(number: int, days: Sequence[date], loads: Sequence[Load], waiting: int) -> None:
    get_run_logger().info(
        "Batch %s, %s to %s: %s days loaded, %s failed, in %.1f s; %s days wait",
        number,
        min(days),
        max(days),
        sum(not load.error for load in loads),
        sum(bool(load.error) for load in loads),
        sum(load.seconds for load in loads),
        waiting,
    )
