"""The schedules that may have made the current flow run."""

from prefect import get_client, runtime
from prefect.client.schemas.schedules import CronSchedule

from prefect_redshift.pipeline.run_date import jumped_over_midnight


async def crons_of_deployment(timezone: str) -> list[str]:
    """Return the cron schedules of the current run's deployment, on the one night a year when its day depends on them.

    Raises:
        PipelineError: There is no time zone of that name.
    """
    moment = runtime.flow_run.scheduled_start_time
    if not runtime.deployment.id or not jumped_over_midnight(timezone, moment):
        return []
    async with get_client() as client:
        deployment = await client.read_deployment(runtime.deployment.id)
    return [each.schedule.cron for each in deployment.schedules if isinstance(each.schedule, CronSchedule)]
