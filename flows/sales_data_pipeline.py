"""The sales data pipeline: the dimensions at once, then the facts of one day, then the checks.

python -m flows.sales_data_pipeline --help
"""

import sys
from datetime import date
from pathlib import Path

# Run as a file, the project is not on the path.
if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flows.sales import SALES
from prefect_redshift.cli import daily_main

# A command starts the servers first; the imports below, which take seconds, run beside that.
if __name__ == "__main__":
    sys.exit(daily_main("flows.sales_data_pipeline:sales_data_pipeline", SALES))

from prefect import flow

from prefect_redshift import tasks
from prefect_redshift.reports import RunReport
from prefect_redshift.runner import EventLoopTaskRunner


@flow(
    name=SALES.name,
    task_runner=EventLoopTaskRunner(),
    on_completion=[tasks.publish_report],
    on_cancellation=[tasks.cancel_statements],
    on_crashed=[tasks.cancel_statements],
)
async def sales_data_pipeline(
    run_date: date | None = None,
    setup: tasks.Setup = "if_missing",
    scripts: str | None = None,
    warehouse: str | None = None,
    schema_name: str | None = None,
    timezone: str = "UTC",
    catch_up: bool = False,
    hand_off: tasks.HandOff = "none",
    state_machine: str | None = None,
) -> RunReport:
    """Load one day of sales into Amazon Redshift. A failed run is simply run again, with no clean-up.

    Args:
        run_date: The day to load; by default the day that the run was scheduled for, in `timezone`.
        setup: `if_missing` creates tables and sample data where there are none; `always` drops all first; or `never`.
        scripts: Where the SQL is: a folder, or `s3://bucket/prefix`; by default sql/.
        warehouse: The name of a `RedshiftDataApi` block; without one, the connection that the environment names.
        schema_name: The schema to work in; by default that of the database user.
        timezone: The schedule's time zone, as an IANA name.
        catch_up: Whether the days that were missed since the last loaded one are loaded before.
        hand_off: `instead` has a state machine do the job, and validates; `after` starts one with the run's summary.
        state_machine: The name of a `StateMachine` block; without one, the state machine that the environment names.
    """
    run = await tasks.begin(SALES, run_date, warehouse, setup, scripts, schema_name, timezone)
    machine = await tasks.machine_for(hand_off, state_machine, run, catch_up=catch_up)
    if machine and hand_off == "instead":
        return await tasks.run_by_state_machine(run, machine)
    step = tasks.steps_of(run)

    # Nothing is run before every script has been read.
    scripts_read = "read_sp_statement", "read_steps", "read_validate_sql_statement", "read_checks"
    read = [step(name).submit() for name in scripts_read]
    deploy = step("run_sp_deploy_redshift").submit(wait_for=read)
    set_up = step("setup_sales_data_pipeline").submit(wait_for=[deploy])

    # run_sales_data_pipeline: LoadItemTable and LoadCustomerAddressTable at once
    dimensions = [step(load.name).submit(wait_for=[set_up]) for load in SALES.dimensions]
    missed = [step("catch_up").submit(wait_for=dimensions)] if catch_up else []
    fact_sales = step("run_load_fact_sales").submit(wait_for=[*dimensions, *missed])
    validation = step("run_validate_sql_statement").submit(wait_for=[fact_sales])

    report = await tasks.finish(run, *read, deploy, set_up, *dimensions, *missed, fact_sales, validation)
    if machine:
        await tasks.start_downstream_machine(machine, report)
    return report
