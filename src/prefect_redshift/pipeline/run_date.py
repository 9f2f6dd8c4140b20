"""Which day a run loads."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prefect import runtime

from prefect_redshift.exceptions import PipelineError


def scheduled_run_date(timezone: str, scheduled: datetime | None = None) -> date:
    """The date that the run was scheduled for, in the schedule's time zone, however late it runs.

    Args:
        timezone: IANA name, such as `Europe/Berlin`.
        scheduled: An aware time; by default the scheduled start time of the current flow run.

    Raises:
        PipelineError: There is no time zone of that name.
    """
    moment = scheduled or runtime.flow_run.scheduled_start_time
    try:
        return moment.astimezone(ZoneInfo(timezone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PipelineError(
            f"There is no time zone {timezone!r}; use an IANA name such as Europe/Berlin."
        ) from error
