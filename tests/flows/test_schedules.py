"""No day is skipped or doubled by a daily schedule, whichever zone's clocks change, and when."""

import asyncio
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from prefect.server.schemas.schedules import CronSchedule
from prefect.types._datetime import create_datetime_instance

from prefect_redshift.pipeline.run_date import scheduled_run_date

FIRST, DAYS = date(2026, 1, 1), 731
UTC = ZoneInfo("UTC")


def changing_zones() -> list[str]:
    """Return a zone of each kind: those whose clocks change at the same instants by as much are one kind."""
    kinds: dict[tuple[object, ...], str] = {}
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours) for hours in range(0, 24 * DAYS, 6)]
    weekly = moments[:: 4 * 7]
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        if len({moment.astimezone(zone).utcoffset() for moment in weekly}) == 1:
            continue
        offsets = tuple(moment.astimezone(zone).utcoffset() for moment in moments)
        kinds.setdefault(offsets, name)
    return sorted({*kinds.values(), "Asia/Beirut", "Africa/Cairo", "America/Santiago", "America/Havana"})


@pytest.mark.parametrize("cron", ["0 0 * * *", "30 0 * * *", "30 2 * * *", "30 23 * * *", "0 6 * * *"])
@pytest.mark.parametrize("zone", changing_zones())
def test_each_day_is_loaded_once(zone: str, cron: str) -> None:
    schedule = CronSchedule(cron=cron, timezone=zone)
    start = create_datetime_instance(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZoneInfo(zone)))
    moments = asyncio.run(schedule.get_dates(DAYS, start=start))
    assert [scheduled_run_date(zone, moment, [cron]) for moment in moments] == [
        FIRST + timedelta(n) for n in range(DAYS)
    ]
