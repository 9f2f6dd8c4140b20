"""Which day a run loads."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prefect_redshift.exceptions import PipelineError

# No zone's clocks jump by more when they change, but for a change of the date line.
LONGEST_JUMP = timedelta(hours=3)


def scheduled_run_date(timezone: str, scheduled: datetime | None = None, crons: Sequence[str] = ()) -> date:
    """Return the date that the run was scheduled for, in the schedule's time zone, however late it runs.

    Args:
        timezone: IANA name, such as `Europe/Berlin`.
        scheduled: An aware time; by default the scheduled start time of the current flow run.
        crons: The schedules that may have made the run; see `jumped_over_midnight`.

    Raises:
        PipelineError: There is no time zone of that name.
    """
    moment = scheduled or _scheduled_start_time()
    local = _local(moment, timezone)
    skipped = jumped_over_midnight(timezone, moment)
    if skipped and any(_is_daily_at(cron, skipped) for cron in crons):
        return skipped.date()
    return local.date()


def jumped_over_midnight(timezone: str, moment: datetime) -> datetime | None:
    """Return the time of the day before that a run of this moment may have been scheduled for, None on most days.

    Where clocks are put forward over midnight, a run of 23:30 comes at 0:30: only its schedule tells it from a run of
    0:30.
    """
    local = _local(moment, timezone)
    jump = (local.utcoffset() or timedelta()) - (
        _local(local.astimezone(UTC) - LONGEST_JUMP, timezone).utcoffset() or timedelta()
    )
    if jump <= timedelta():
        return None
    wall = local.replace(tzinfo=None) - jump
    exists = wall.replace(tzinfo=local.tzinfo).astimezone(UTC).astimezone(local.tzinfo)
    is_skipped = exists.replace(tzinfo=None) != wall
    return wall if is_skipped and wall.date() != local.date() else None


def _scheduled_start_time() -> datetime:
    # Imported here: a command line is read without Prefect.
    from prefect import runtime

    moment: datetime = runtime.flow_run.scheduled_start_time
    return moment


def _is_daily_at(cron: str, time: datetime) -> bool:
    minute, hour = cron.split()[:2]
    return (minute.isdigit() and int(minute), hour.isdigit() and int(hour)) == (time.minute, time.hour)


def _local(moment: datetime, timezone: str) -> datetime:
    try:
        # Prefect's times are Pendulum's on some versions of Python, with arithmetic of their own.
        return datetime.fromtimestamp(moment.timestamp(), ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PipelineError(
            f"There is no time zone {timezone!r}; use an IANA name such as Europe/Berlin."
        ) from error
