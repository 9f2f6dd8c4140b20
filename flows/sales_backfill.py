"""The backfill: many days of sales at once, without those that are loaded rightly already.

python -m flows.sales_backfill --help
"""

import sys
from datetime import date

from prefect import flow

from prefect_redshift.pipeline.days import days_asked
from prefect_redshift.pipeline.run_date import scheduled_run_date
from prefect_redshift.pipeline.scripts import Scripts
from prefect_redshift.reports.days_report import DaysReport
from prefect_redshift.runner.cancellation import cancellation_confirmed
from prefect_redshift.runner.task_runner import EventLoopTaskRunner, finished, result_of
from prefect_redshift.tasks.connect import connect
from prefect_redshift.tasks.day_loads import find_days, load_days, settle_earlier_runs
from prefect_redshift.tasks.hooks import cancel_statements
from prefect_redshift.tasks.steps import (
    Setup,
    dimension_loads,
    read_script,
    read_steps,
    run_setup,
    run_statements,
    step,
)


@flow(
    name="sales-backfill",
    task_runner=EventLoopTaskRunner(),
    on_cancellation=[cancel_statements],
    on_crashed=[cancel_statements],
)
async def sales_backfill(
    from_date: date | None = None,
    to_date: date | None = None,
    dates: list[date] | None = None,
    reload: bool = False,
    setup: Setup = "if_missing",
    scripts: str = "sql",
    warehouse: str | None = None,
    timezone: str = "UTC",
) -> DaysReport:
    """Loads many days of sales into Amazon Redshift. Interrupted or failed, it is simply run again.

    Which days are done is read from the warehouse, so that a second run loads only what is missing.

    Args:
        from_date: The first day.
        to_date: The last day, today at the latest.
        dates: The days one by one, instead of the first and the last.
        reload: Whether days that are loaded and validated already are loaded again.
        setup: `if_missing` creates tables and sample data where there are none; `always` drops them first, history
            included; `never` leaves them alone.
        scripts: Where the SQL is: a folder, or `s3://bucket/prefix`.
        warehouse: The name of a `RedshiftDataApi` block; without one, the connection that the environment names.
        timezone: The time zone that decides which day is today, as an IANA name.
    """
    days = days_asked(from_date, to_date, dates, scheduled_run_date(timezone))
    redshift = await connect(warehouse)
    source = Scripts(scripts, redshift.aws_credentials)

    sp_statement = step("read_sp_statement", read_script).submit(source, "sp_statements.sql")
    steps = step("read_steps", read_steps).submit(source, "steps.sql")
    # Nothing is run before every script has been read, and what an earlier run left behind has ended.
    settled = step("settle_earlier_runs", settle_earlier_runs).submit(
        redshift, wait_for=[sp_statement, steps]
    )
    deploy = step("run_sp_deploy_redshift", run_statements).submit(redshift, sp_statement, wait_for=[settled])
    set_up = step("setup_sales_data_pipeline", run_setup).submit(
        redshift, steps, setup, days[0], days[-1], wait_for=[deploy]
    )

    dimensions = [load.submit(redshift, steps, wait_for=[set_up]) for load in dimension_loads(redshift)]

    found = step("find_days", find_days).submit(redshift, steps, days, wait_for=dimensions)
    loaded = step("load_days", load_days).submit(redshift, steps, days, found, reload)

    async with cancellation_confirmed():
        await finished(sp_statement, steps, settled, deploy, set_up, *dimensions, found, loaded)
    report: DaysReport = await result_of(loaded)
    report.check()
    return report


if __name__ == "__main__":
    from prefect_redshift.cli.command_line import backfill_parser, main

    sys.exit(main(sales_backfill, command=backfill_parser()))
