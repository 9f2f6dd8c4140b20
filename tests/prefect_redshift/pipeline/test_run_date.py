"""The day that a run loads: near midnight, and where the clocks change."""

from datetime import UTC, date, datetime

import pytest

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.pipeline.run_date import scheduled_run_date

BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("timezone", "scheduled", "day"),
    [
        ("UTC", "2026-11-22T23:59:59", "2026-11-22"),
        ("UTC", "2026-11-23T00:00:00", "2026-11-23"),
        # An hour, or two in summer, ahead of UTC.
        (BERLIN, "2026-11-22T22:59:59", "2026-11-22"),
        (BERLIN, "2026-11-22T23:00:00", "2026-11-23"),
        (BERLIN, "2026-07-01T21:59:59", "2026-07-01"),
        (BERLIN, "2026-07-01T22:00:00", "2026-07-02"),
        # The clocks go forward on 29 March and back on 25 October, both at 01:00 UTC.
        (BERLIN, "2026-03-28T23:00:00", "2026-03-29"),
        (BERLIN, "2026-03-29T00:59:59", "2026-03-29"),
        (BERLIN, "2026-03-29T01:00:00", "2026-03-29"),
        (BERLIN, "2026-03-29T21:59:59", "2026-03-29"),
        (BERLIN, "2026-03-29T22:00:00", "2026-03-30"),
        (BERLIN, "2026-10-24T22:00:00", "2026-10-25"),
        (BERLIN, "2026-10-25T00:30:00", "2026-10-25"),
        (BERLIN, "2026-10-25T01:30:00", "2026-10-25"),
        (BERLIN, "2026-10-25T22:59:59", "2026-10-25"),
        (BERLIN, "2026-10-25T23:00:00", "2026-10-26"),
        # Behind UTC: the evening belongs to the day before.
        (NEW_YORK, "2026-11-23T04:59:59", "2026-11-22"),
        (NEW_YORK, "2026-11-23T05:00:00", "2026-11-23"),
        (NEW_YORK, "2026-03-08T04:59:59", "2026-03-07"),
        (NEW_YORK, "2026-03-09T03:59:59", "2026-03-08"),
        # Around the date line, and across the end of a year.
        ("Pacific/Kiritimati", "2026-12-31T10:00:00", "2027-01-01"),
        ("Pacific/Pago_Pago", "2027-01-01T10:59:59", "2026-12-31"),
        ("Asia/Kathmandu", "2026-11-22T18:15:00", "2026-11-23"),
    ],
)
def test_the_day_in_the_schedules_zone(timezone: str, scheduled: str, day: str) -> None:
    moment = datetime.fromisoformat(scheduled).replace(tzinfo=UTC)
    assert scheduled_run_date(timezone, moment) == date.fromisoformat(day)


def test_a_zone_that_a_time_comes_in_changes_nothing() -> None:
    moment = datetime.fromisoformat("2026-11-23T00:30:00+01:00")
    assert scheduled_run_date("UTC", moment) == date(2026, 11, 22)
    assert scheduled_run_date(BERLIN, moment) == date(2026, 11, 23)


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "../etc/passwd", "Europe", "Europe/Berlin\0"])
def test_a_zone_that_does_not_exist_is_refused(timezone: str) -> None:
    with pytest.raises(PipelineError, match="use an IANA name such as Europe/Berlin"):
        scheduled_run_date(timezone, datetime(2026, 11, 23, tzinfo=UTC))
