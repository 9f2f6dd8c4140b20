"""The sales data pipeline: two dimensions at once, then the facts of one day, then the validations.

python -m flows.sales_data_pipeline --help
"""

import sys
from datetime import date
from pathlib import Path

if (
    __name__ == "__main__"
):  # run as a file, `python flows/sales_data_pipeline.py`, the project is not on the path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from prefect import flow

from prefect_redshift.pipeline.run_date import scheduled_run_date
from prefect_redshift.pipeline.scripts import Scripts
from prefect_redshift.reports.report import RunReport
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.tasks.catch_up import load_missed_days
from prefect_redshift.tasks.connect import connect
from prefect_redshift.tasks.hand_off import HandOff, hand_on, machine_for, run_by_state_machine
from prefect_redshift.tasks.hooks import cancel_statements, publish_report
from prefect_redshift.tasks.reporting import finished_and_reported
from prefect_redshift.tasks.steps import (
    Setup,
    dimension_loads,
    load_step,
    read_script,
    read_steps,
    read_validations,
    run_setup,
    run_statements,
    run_validation,
    step,
)


@flow(
    name="sales-data-pipeline",
    task_runner=EventLoopTaskRunner(),
    on_completion=[publish_report],
    on_cancellation=[cancel_statements],
    on_crashed=[cancel_statements],
)
async def sales_data_pipeline(
    run_date: date | None = None,
    setup: Setup = "if_missing",
    scripts: str = "sql",
    warehouse: str | None = None,
    timezone: str = "UTC",
    catch_up: bool = False,
    hand_off: HandOff = "none",
    state_machine: str | None = None,
) -> RunReport:
    """Loads one day of sales into Amazon Redshift. A failed run is simply run again, with no clean-up.

    Args:
        run_date: The day to load; by default the day that the run was scheduled for, in `timezone`.
        setup: `if_missing` creates tables and sample data where there are none; `always` drops them first, history
            included; `never` leaves them alone.
        scripts: Where the SQL is: a folder, or `s3://bucket/prefix`.
        warehouse: The name of a `RedshiftDataApi` block; without one, the connection that the environment names.
        timezone: The schedule's time zone, as an IANA name.
        catch_up: Whether the days that were missed since the last validated one are loaded before.
        hand_off: `instead` has a state machine do the job, and validates; `after` starts one with the run's summary.
        state_machine: The name of a `StateMachine` block; without one, the state machine that the environment names.
    """
    day = run_date or scheduled_run_date(timezone)
    redshift = await connect(warehouse)
    source = Scripts(scripts, redshift.aws_credentials)
    machine = await machine_for(hand_off, state_machine, redshift, setup=setup, catch_up=catch_up)
    if machine and hand_off == "instead":
        return await run_by_state_machine(machine, redshift, source, day, setup)

    sp_statement = step("read_sp_statement", read_script).submit(source, "sp_statements.sql")
    steps = step("read_steps", read_steps).submit(source, "steps.sql")
    validations = step("read_validate_sql_statement", read_validations).submit(source)

    # Nothing is run before every script has been read.
    deploy = step("run_sp_deploy_redshift", run_statements).submit(
        redshift, sp_statement, wait_for=[steps, validations]
    )
    set_up = step("setup_sales_data_pipeline", run_setup).submit(
        redshift, steps, setup, day, wait_for=[deploy]
    )

    # run_sales_data_pipeline: all dimensions at once
    dimensions = [load.submit(redshift, steps, wait_for=[set_up]) for load in dimension_loads(redshift)]
    missed = (
        [step("catch_up", load_missed_days).submit(redshift, steps, day, wait_for=dimensions)]
        if catch_up
        else []
    )
    facts, sources = ["store_sales", "store_sales_rejected"], ["src_store_sales", "customer", "date_dim"]
    load_facts = load_step("run_load_fact_sales", redshift, facts, sources)
    fact_sales = load_facts.submit(redshift, steps, day, wait_for=[*dimensions, *missed])
    validation = step("run_validate_sql_statement", run_validation).submit(
        redshift, validations, steps, day, wait_for=[fact_sales]
    )

    loads = [deploy, set_up, *dimensions, *missed, fact_sales, validation]
    report = await finished_and_reported(redshift, day, sp_statement, steps, validations, *loads)
    if machine:
        await hand_on(machine, report)
    return report


if __name__ == "__main__":
    from prefect_redshift.cli.command_line import main

    sys.exit(main(sales_data_pipeline))
