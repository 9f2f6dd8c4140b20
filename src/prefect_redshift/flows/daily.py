"""The daily flow of a job: read, deploy, set up, load what may be loaded at once, validate."""

import sys
from datetime import date
from typing import Any

from prefect import Flow, flow
from prefect.futures import PrefectFuture

from prefect_redshift.flows.entrypoint import found_at
from prefect_redshift.pipeline.choices import HandOff, Setup
from prefect_redshift.pipeline.job import Job
from prefect_redshift.reports.run_report import RunReport
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.tasks.hand_off import machine_for, run_by_state_machine, start_downstream_machine
from prefect_redshift.tasks.hooks import cancel_statements, publish_report
from prefect_redshift.tasks.job_run import JobRun
from prefect_redshift.tasks.run import CATCH_UP, begin, finish, steps_of


def daily_flow(job: Job, *, name: str = "", variable: str = "daily") -> Flow[..., Any]:
    """Make the daily flow of a job.

    Args:
        job: The declaration.
        name: The flow's name; by default the job's.
        variable: The name to which your module assigns it, with which `prefect deploy` and `serve` find it.

    Example:
        ```python
        daily = daily_flow(JOB)
        ```
    """

    async def run_job(
        run_date: date | None = None,
        setup: Setup = "if_missing",
        scripts: str | None = None,
        warehouse: str | None = None,
        schema_name: str | None = None,
        timezone: str = "UTC",
        catch_up: bool = False,
        hand_off: HandOff = "none",
        state_machine: str | None = None,
    ) -> RunReport:
        """Run the job for one day. A failed run is simply run again, with no clean-up.

        Args:
            run_date: The day to load; by default the day that the run was scheduled for, in `timezone`.
            setup: `if_missing` creates what is missing; `always` drops all tables first, history included; `never`
                leaves them alone.
            scripts: Where the SQL is: a folder, or `s3://bucket/prefix`; by default where the job says.
            warehouse: The name of a `RedshiftDataApi` block; without one, the connection that the environment names.
            schema_name: Another schema than the job's.
            timezone: The schedule's time zone, as an IANA name.
            catch_up: Whether the days that were missed since the last loaded one are loaded before.
            hand_off: `instead` has a state machine do the job, and validates; `after` starts one with the summary.
            state_machine: The name of a `StateMachine` block; without one, the one that the environment names.
        """
        run = await begin(
            job,
            run_date=run_date,
            setup=setup,
            scripts=scripts,
            warehouse=warehouse,
            schema_name=schema_name,
            timezone=timezone,
        )
        machine = await machine_for(hand_off, state_machine, run, catch_up=catch_up)
        if machine and hand_off == "instead":
            return await run_by_state_machine(run, machine)
        report = await finish(run, *_submitted(run, catch_up=catch_up))
        if machine:
            await start_downstream_machine(machine, report)
        return report

    found_at(run_job, sys._getframe(1), variable)
    return flow(
        name=name or job.name,
        task_runner=EventLoopTaskRunner(),
        on_completion=[publish_report],
        on_cancellation=[cancel_statements],
        on_crashed=[cancel_statements],
    )(run_job)


def _submitted(run: JobRun, *, catch_up: bool) -> list[PrefectFuture[Any]]:
    """Submit all steps, each after those that it comes after."""
    job, step = run.job, steps_of(run)
    read: list[PrefectFuture[Any]] = [step(script.read_by).submit() for script in job.read_scripts]
    # Nothing is run before every script has been read.
    before = read
    first: list[PrefectFuture[Any]] = []
    for name in job.first_steps:
        before = [step(name).submit(wait_for=before)]
        first += before
    loads: dict[str, PrefectFuture[Any]] = {}
    for load in job.dimensions:
        after = [loads[name] for name in job.loads_before(load)]
        loads[load.name] = step(load.name).submit(wait_for=after or before)
    missed = [step(CATCH_UP).submit(wait_for=[*loads.values()] or before)] if catch_up else []
    for load in job.facts:
        after = [loads[name] for name in job.loads_before(load)]
        loads[load.name] = step(load.name).submit(wait_for=[*after, *missed] or before)
    validation = [step(job.validate).submit(wait_for=[*loads.values()])] if job.checks else []
    return [*read, *first, *missed, *loads.values(), *validation]
