"""The days that daily runs have missed."""

from datetime import date, timedelta

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.request import MAX_STATEMENTS
from prefect_redshift.pipeline.scripts import Steps
from prefect_redshift.reports.days_report import DaysReport
from prefect_redshift.tasks.day_loads import find_days, load_days, settle_earlier_runs
from prefect_redshift.tasks.steps import step

# As many days as one batch takes. After a longer pause it is for a person to decide: that is a backfill.
DAYS_BACK = MAX_STATEMENTS


@task(cache_policy=NO_CACHE)
async def load_missed_days(warehouse: RedshiftDataApi, steps: Steps, run_date: date) -> DaysReport:
    """Loads the days between the last validated one and `run_date` for which sales were delivered.

    It looks at most 40 days back; where none of these is validated, nothing is loaded, and a warning says so. A day
    that fails raises nothing: the run date is loaded all the same, and then `DaysReport.check` tells.

    Raises:
        CallError: A call was refused.
        StatementError: Finding or validating the days ended otherwise than FINISHED.
    """
    logger = get_run_logger()
    await step("settle_earlier_runs", settle_earlier_runs)(warehouse)
    before = [run_date - timedelta(days) for days in range(DAYS_BACK, 0, -1)]
    found = await step("find_days", find_days)(warehouse, steps, before)
    validated = [day.day for day in found if day.is_validated]
    if not validated:
        logger.warning(
            "None of the %s days before %s is validated: nothing is caught up. If this is not the first day, backfill.",
            DAYS_BACK,
            run_date,
        )
        return DaysReport()
    missed = [day for day in found if day.day > validated[-1] and day.delivered]
    if not missed:
        logger.info("No day was missed since %s", validated[-1])
        return DaysReport()
    days = [day.day for day in missed]
    report: DaysReport = await step("load_days", load_days)(warehouse, steps, days, missed)
    return report
