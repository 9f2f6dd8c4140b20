"""A run of a job in a flow: begun, its steps as Prefect tasks, finished.

run = await begin(JOB, run_date=run_date)
step = steps_of(run)
products = step("load_products").submit()
orders = step("load_orders").submit(wait_for=[products])
report = await finish(run, products, orders)
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from inspect import getdoc
from typing import Any

from prefect import Task, get_run_logger, task
from prefect.assets import materialize
from prefect.futures import PrefectFuture

from prefect_redshift.exceptions import PipelineError, one_line
from prefect_redshift.pipeline.choices import Setup
from prefect_redshift.pipeline.identifiers import identifier
from prefect_redshift.pipeline.job import Job, Step
from prefect_redshift.pipeline.job_scripts import JobScripts
from prefect_redshift.pipeline.run_date import scheduled_run_date
from prefect_redshift.pipeline.script_folder import ScriptFolder
from prefect_redshift.reports.artifacts import publish
from prefect_redshift.reports.run_report import RunReport
from prefect_redshift.runner.assets import MATERIALIZED_BY, assets_of
from prefect_redshift.runner.cancellation import cancellation_confirmed
from prefect_redshift.runner.gathering import gather_or_cancel
from prefect_redshift.tasks import steps
from prefect_redshift.tasks.chain import Chain
from prefect_redshift.tasks.connections import connect
from prefect_redshift.tasks.crons import crons_of_deployment
from prefect_redshift.tasks.days import load_missed_days
from prefect_redshift.tasks.job_run import JobRun
from prefect_redshift.tasks.options import NO_RETRY, RETRIED, TaskOptions

StepTask = Task[..., Any]
Body = Callable[[], Awaitable[Any]]
# What `catch_up` is called in the graph.
CATCH_UP = "catch_up"


async def begin(
    job: Job,
    run_date: date | None = None,
    warehouse: str | None = None,
    setup: Setup = "if_missing",
    scripts: str | None = None,
    schema_name: str | None = None,
    timezone: str = "UTC",
    *,
    days: Sequence[date] | None = None,
) -> JobRun:
    """Begin a run of a job: connect, and look at what earlier tries of this flow run have done.

    Args:
        job: The declaration.
        run_date: The day to load; by default the day that the run was scheduled for, in `timezone`.
        warehouse: The name of a `RedshiftDataApi` block; without one, the connection that the environment names.
        setup: `if_missing` creates what is missing; `always` drops all tables first; `never` leaves them alone.
        scripts: Where the SQL is, if not where the job says.
        schema_name: Another schema than the job's.
        timezone: An IANA name.
        days: The days of a backfill, in order, instead of a run date.

    Raises:
        PipelineError: There is no such block, warehouse or time zone, or the schema is not a plain identifier.
        CallError: What earlier tries have done cannot be listed.
    """
    if days:
        run_date = None
    else:
        days = [run_date or scheduled_run_date(timezone, crons=await crons_of_deployment(timezone))]
        run_date = days[0] if job.facts else None
    schema = schema_name or job.schema
    if schema is not None:
        identifier(schema, "The schema")
    redshift = await connect(warehouse)
    redshift.data_api().connection.client.open_ahead()
    chain = Chain()
    await chain.look_back(redshift)
    own_scripts = JobScripts(job, schema)
    run = JobRun(
        job=job,
        warehouse=redshift,
        source=ScriptFolder(scripts or job.scripts, job.folder, redshift.aws_credentials),
        scripts=own_scripts,
        chain=chain,
        days=sorted({days[0], days[-1]}),
        setup=setup,
        schema=schema,
        run_date=run_date,
    )
    # Somebody has fixed the source, or the check: what loads is executed again.
    chain.failed_validations = await steps.failed_validations(run)
    return run


def steps_of(run: JobRun) -> Callable[[str], StepTask]:
    """Return what makes a Prefect task without parameters of a step's name.

    The name is one of the job's `step_names`, or `catch_up`, which loads the days that were missed. An unknown one
    raises a PipelineError.
    """
    job = run.job
    bodies: dict[str, Body] = {
        **{script.read_by: partial(steps.read_script, run, script) for script in job.read_scripts},
        job.deploy: partial(steps.deploy_procedures, run),
        job.validate: partial(steps.validate, run),
        # Its tables are no assets of its own: most days it makes none.
        **({job.setup.name: partial(steps.set_up, run)} if job.setup else {}),
        CATCH_UP: partial(load_missed_days, run),
    }
    options = dict.fromkeys([*(script.read_by for script in job.read_scripts), CATCH_UP], NO_RETRY)

    def step(name: str) -> StepTask:
        for load in job.loads:
            if name == load.name:
                return _materializing(run, load, partial(steps.load, run, load))
        if name not in {*job.step_names, CATCH_UP}:
            raise PipelineError(f"The job {job.name} has no step {name}; it has {', '.join(job.step_names)}.")
        return task_of(name, bodies[name], options.get(name, RETRIED))

    return step


def task_of(name: str, body: Body, options: TaskOptions = RETRIED) -> StepTask:
    """Return `body` as a task of that name: so it is called in the run's graph, logs and statement names."""
    return task(**_named(name, body), **options)(partial(body))


def _materializing(run: JobRun, step: Step, body: Body) -> StepTask:
    """Return the task of a step that makes tables, which Prefect shows as the lineage of its assets."""
    if not step.makes:
        return task_of(step.name, body)
    made = assets_of(run.warehouse, run.schema, step.makes)
    read = assets_of(run.warehouse, run.schema, step.reads)
    kind = materialize(*made, by=MATERIALIZED_BY, asset_deps=list(read), **_named(step.name, body), **RETRIED)
    return kind(partial(body))


def _named(name: str, body: Body) -> dict[str, Any]:
    # Of a partial, which Prefect takes as well, it reads no source, which it does for each task that it makes.
    return {"name": name, "task_run_name": name, "description": getdoc(partial(body).func)}


async def finish(run: JobRun, *futures: PrefectFuture[Any]) -> RunReport:
    """Wait for all steps and log the report; of a run that fails, write it as artifacts before that is raised.

    Of a run that succeeds the hook `publish_report` writes them, so that nobody waits for that.

    Raises:
        Exception: The first failure among the steps; the others were cancelled.
    """
    failure = ""
    try:
        async with cancellation_confirmed():
            await gather_or_cancel(*futures)
        run.missed.check()
    except BaseException as error:
        failure = one_line(error) or "interrupted"
        raise
    finally:
        report = await run.report(failure)
        if report.steps:
            get_run_logger().info("%s", str(report))
        if failure:
            await publish(report)
    return report
