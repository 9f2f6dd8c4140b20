"""Many days: found in the warehouse, loaded in ranges or one by one, each committed by itself, and found again."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, timedelta

from prefect import get_run_logger, runtime

from prefect_redshift.data_api.statement import ENDED_STATUSES, Statement
from prefect_redshift.exceptions import PipelineError
from prefect_redshift.pipeline.days import Day
from prefect_redshift.reports.artifacts import publish
from prefect_redshift.reports.days_report import DaysReport
from prefect_redshift.reports.progress import progress_of
from prefect_redshift.tasks.day_loads import DayLoads, read_days
from prefect_redshift.tasks.job_run import JobRun

# How far a catch-up looks back. After a longer pause it is for a person to decide: that is a backfill.
DAYS_BACK = 40


async def wait_for_earlier_runs(run: JobRun) -> None:
    """Wait for whatever earlier runs of this flow, also killed ones, have left running in the warehouse.

    What they commit is then found, and not loaded again. Nothing is cancelled: its process may be alive.
    """
    prefix = f"{runtime.flow_run.flow_name}/"
    own = run.chain.name("")
    async for listed in run.warehouse.list_statements(prefix):
        if listed.status not in ENDED_STATUSES and not listed.name.startswith(own):
            get_run_logger().info("Waiting for %s (%s) of an earlier run", listed.name, listed.id)
            await run.warehouse.await_(Statement(id=listed.id, status=listed.status, name=listed.name))


async def find_days(run: JobRun, days: Sequence[date], name: str = "find_days") -> list[Day]:
    """Return what the warehouse holds for each of the days, in order; those outside the calendar are left out.

    Raises:
        ScriptError: The script of steps has no query `find_days`, or it has other columns.
        StatementError: It ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    wanted = set(days)
    parameters = {"first_day": min(wanted).isoformat(), "last_day": max(wanted).isoformat()}
    sql = run.scripts.in_schema([run.scripts.find_days()])
    # A run that is resumed looks anew at what there is.
    statement = await run.warehouse.arun(
        sql[0] if len(sql) == 1 else sql, parameters, name=run.name_in_this_try(name), listed=()
    )
    last = statement.sub_statements[-1] if statement.sub_statements else statement
    return await read_days(run, last, wanted)


async def load_days(
    run: JobRun,
    asked: Sequence[date],
    found: Sequence[Day],
    *,
    reload: bool = False,
    days_at_once: int | None = None,
) -> DaysReport:
    """Load those of the days that are not loaded rightly, then find them again; log the table of all, however it ends.

    The table of what is raised from is written as an artifact, too; that of what is returned is left to the caller.

    Args:
        run: The run of the job.
        asked: The days.
        found: What the warehouse holds for them.
        reload: Whether days that are loaded already are loaded again.
        days_at_once: How many days a step with a form for ranges loads at once, at most; by default 366.

    Raises:
        PipelineError: The calendar lacks one of the days; nothing is loaded.
        CallError: A call was refused.
        StatementError: Finding the days ended otherwise than FINISHED.
    """
    if missing := set(asked) - {day.day for day in found}:
        raise PipelineError(f"{min(missing)} is outside the calendar of {run.job.name}: nothing was loaded.")
    days = DayLoads(run, found, reload=reload, most_days=days_at_once)
    progress = progress_of(run.job.name, len(days.wanted)) if days.wanted else nullcontext()
    async with progress as show:
        try:
            if show is not None:
                await days.load(show)
                if days.found_again is None:
                    days.found_again = await find_days(run, days.wanted, "find_loaded_days")
        except BaseException:
            await publish(_logged(days.report()))
            raise
    return _logged(days.report())


def _logged(report: DaysReport) -> DaysReport:
    # As text: each handler would make it anew.
    get_run_logger().info("%s days were asked for:\n%s", len(report.days), str(report))
    return report


async def finish_days(run: JobRun) -> DaysReport:
    """Return what has become of the days; where some failed, write the table as an artifact before that is raised.

    Of a run that succeeds the hook `publish_report` writes it, so that nobody waits for that.

    Raises:
        DaysFailedError: At least one day is not loaded.
    """
    if run.missed.failed:
        await publish(run.missed)
    run.missed.check()
    return run.missed


async def load_missed_days(run: JobRun) -> DaysReport:
    """Load the days between the last one that is loaded and the run date for which something was delivered.

    It looks at most 40 days back; where none of these is loaded, nothing is loaded, and a warning says so. A day that
    fails raises nothing: the run date is loaded all the same, and then `DaysReport.check` tells.

    Raises:
        CallError: A call was refused.
        StatementError: Finding the days ended otherwise than FINISHED.
    """
    logger = get_run_logger()
    if run.run_date is None:
        raise PipelineError(f"The job {run.job.name} loads no days: there is nothing to catch up.")
    await wait_for_earlier_runs(run)
    before = [run.run_date - timedelta(days) for days in range(DAYS_BACK, 0, -1)]
    found = await find_days(run, before)
    loaded = [day.day for day in found if day.is_loaded]
    if not loaded:
        logger.warning(
            "None of the %s days before %s is loaded: nothing is caught up. If this is not the first day, backfill.",
            DAYS_BACK,
            run.run_date,
        )
        return run.missed
    missed = [day for day in found if day.day > loaded[-1] and day.delivered]
    if not missed:
        logger.info("No day was missed since %s", loaded[-1])
        return run.missed
    run.missed = await load_days(run, [day.day for day in missed], missed)
    await publish(run.missed)
    return run.missed
