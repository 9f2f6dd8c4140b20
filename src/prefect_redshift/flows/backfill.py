"""The backfill of a job: many days at once, without those that are loaded rightly already."""

import sys
from datetime import date
from typing import Any

from prefect import Flow, flow
from prefect.futures import PrefectFuture

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.flows.entrypoint import found_at
from prefect_redshift.pipeline.choices import Setup
from prefect_redshift.pipeline.days import days_asked
from prefect_redshift.pipeline.job import Job
from prefect_redshift.pipeline.run_date import scheduled_run_date
from prefect_redshift.reports.days_report import DaysReport
from prefect_redshift.runner.cancellation import cancellation_confirmed
from prefect_redshift.runner.gathering import gather_or_cancel
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.tasks.days import find_days, finish_days, load_days, wait_for_earlier_runs
from prefect_redshift.tasks.hooks import cancel_statements, publish_report
from prefect_redshift.tasks.job_run import JobRun
from prefect_redshift.tasks.options import NO_RETRY, RETRIED
from prefect_redshift.tasks.run import begin, steps_of, task_of


def backfill_flow(job: Job, *, name: str = "", variable: str = "backfill") -> Flow[..., Any]:
    """Make the backfill of a job: each step of a day is run for many days, for a range at a time if it has that form.

    Args:
        job: The declaration; its script of steps has a query `find_days`.
        name: The flow's name; by default the job's and `-backfill`.
        variable: The name to which your module assigns it, with which `prefect deploy` and `serve` find it.

    Raises:
        PipelineError: The job has no step of a day.
    """
    if not job.facts:
        raise PipelineError(
            f"The job {job.name} has no step with each_day=True: there is nothing to backfill."
        )

    async def load_days_of_job(
        from_date: date | None = None,
        to_date: date | None = None,
        dates: list[date] | None = None,
        reload: bool = False,
        days_at_once: int | None = None,
        setup: Setup = "if_missing",
        scripts: str | None = None,
        warehouse: str | None = None,
        schema_name: str | None = None,
        timezone: str = "UTC",
    ) -> DaysReport:
        """Load many days. Interrupted or failed, it is simply run again.

        Which days are done is read from the warehouse, so that a second run loads only what is missing.

        Args:
            from_date: The first day.
            to_date: The last day, today at the latest.
            dates: The days one by one, instead of the first and the last.
            reload: Whether days that are loaded already are loaded again.
            days_at_once: How many days a step with a form for ranges loads at once, at most; by default 366; 1 loads
                each by itself.
            setup: `if_missing` creates what is missing; `always` drops all tables first, history included; `never`
                leaves them alone.
            scripts: Where the SQL is: a folder, or `s3://bucket/prefix`; by default where the job says.
            warehouse: The name of a `RedshiftDataApi` block; without one, the connection that the environment names.
            schema_name: Another schema than the job's.
            timezone: The time zone that decides which day is today, as an IANA name.
        """
        days = days_asked(from_date, to_date, dates, scheduled_run_date(timezone))
        if days_at_once is not None and days_at_once < 1:
            raise PipelineError(f"days_at_once is {days_at_once}: it takes 1 or more.")
        run = await begin(
            job,
            days=days,
            setup=setup,
            scripts=scripts,
            warehouse=warehouse,
            schema_name=schema_name,
            timezone=timezone,
        )
        async with cancellation_confirmed():
            await gather_or_cancel(*_submitted(run, days, reload=reload, days_at_once=days_at_once))
        return await finish_days(run)

    found_at(load_days_of_job, sys._getframe(1), variable)
    return flow(
        name=name or f"{job.name}-backfill",
        task_runner=EventLoopTaskRunner(),
        on_completion=[publish_report],
        on_cancellation=[cancel_statements],
        on_crashed=[cancel_statements],
    )(load_days_of_job)


def _submitted(
    run: JobRun, days: list[date], *, reload: bool, days_at_once: int | None
) -> list[PrefectFuture[Any]]:
    """Submit all steps: the setup and what is loaded once, then the days."""
    job, step = run.job, steps_of(run)

    async def wait() -> None:
        # What an earlier run left behind has ended before anything is run.
        await wait_for_earlier_runs(run)

    async def load() -> None:
        # Prefect would look for futures in each day of the report, if it were the task's result.
        found = await find_days(run, days)
        run.missed = await load_days(run, days, found, reload=reload, days_at_once=days_at_once)

    # First, so that its call is under way while the scripts are read.
    before: list[PrefectFuture[Any]] = [task_of("wait_for_earlier_runs", wait, RETRIED).submit()]
    before += [step(script.read_by).submit() for script in job.code_scripts]
    submitted = [*before]
    for name in job.first_steps:
        before = [step(name).submit(wait_for=before)]
        submitted += before
    loads: dict[str, PrefectFuture[Any]] = {}
    for dimension in job.dimensions:
        after = [loads[name] for name in job.loads_before(dimension)]
        loads[dimension.name] = step(dimension.name).submit(wait_for=after or before)
    # Not tried again as a whole: the days that it has loaded would be loaded twice. Each call is, though.
    loaded = task_of("load_days", load, NO_RETRY).submit(wait_for=[*loads.values()] or before)
    return [*submitted, *loads.values(), loaded]
