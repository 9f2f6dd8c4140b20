"""When a schedule is due: `at(...)`, `rate(...)` and `cron(...)` of EventBridge Scheduler, in a time zone."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()  # noqa: SIM905
WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()  # noqa: SIM905
UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
# A cron expression that is due no sooner, such as one for the 30th of February, never is.
YEARS_AHEAD = 8

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_PART = re.compile(r"(?P<low>\*|\w+)(-(?P<high>\w+))?(/(?P<step>\d+))?")


def next_due(expression: str, zone: str, after: datetime, start: datetime) -> datetime | None:
    """Return when a schedule is due next after a time, None for never; `start` is when a rate begins.

    Raise ValueError for what is no expression or no time zone.
    """
    try:
        place = ZoneInfo(zone)
    except (OSError, KeyError) as error:
        raise ValueError(f"{zone} is no time zone") from error
    if once := _AT.fullmatch(expression):
        due = datetime.fromisoformat(once[1]).replace(tzinfo=place).astimezone(UTC)
        return due if due > after else None
    if rate := _RATE.fullmatch(expression):
        step = int(rate[1]) * UNITS[rate[2]]
        return start + max(0, (after - start) // step + 1) * step
    if cron := _CRON.fullmatch(expression):
        return _next_by_cron(Cron(*cron.groups()), place, after)
    raise ValueError(f"{expression} is no at(...), rate(...) or cron(...)")


class Cron:
    """The six fields of an expression, as the numbers that each allows; `times` are those of a day, in order."""

    def __init__(self, minutes: str, hours: str, days: str, months: str, weekdays: str, years: str) -> None:
        if (days == "?") == (weekdays == "?"):
            raise ValueError("one of day-of-month and day-of-week has to be ?, and only one")
        in_hour = sorted(_numbers(minutes, 0, 59))
        self.times = [time(hour, minute) for hour in sorted(_numbers(hours, 0, 23)) for minute in in_hour]
        self.months = _numbers(months, 1, 12, MONTHS)
        self.years = _numbers(years, 1970, 2199)
        self._days, self._weekdays = days, weekdays

    def allows(self, day: date) -> bool:
        """Return whether the expression is due on a day at all."""
        if day.year not in self.years or day.month not in self.months:
            return False
        if self._weekdays == "?":
            return day.day in _days_of_month(self._days, day)
        return _falls_on(self._weekdays, day)


def _next_by_cron(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime | None:
    first = after.astimezone(zone).date()
    for day in (first + timedelta(days=ahead) for ahead in range(366 * YEARS_AHEAD)):
        for moment in cron.times if cron.allows(day) else ():
            # Where the clocks go back it is the first of the two; what they leave out, when they go on, is skipped.
            due = datetime.combine(day, moment, zone).astimezone(UTC)
            if due > after and due.astimezone(zone).time() == moment:
                return due
    return None


def _numbers(field: str, low: int, high: int, names: Sequence[str] = ()) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part} is no part of a cron expression")
        step = int(match["step"] or 1)
        first = low if match["low"] == "*" else _number(match["low"], names)
        endless = match["low"] == "*" or (match["step"] and not match["high"])
        last = high if endless else _number(match["high"] or match["low"], names)
        if not (low <= first <= last <= high and step):
            raise ValueError(f"{part} is outside {low} to {high}")
        found |= set(range(first, last + 1, step))
    return found


def _number(text: str, names: Sequence[str]) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + 1
    if not text.isdecimal():
        raise ValueError(f"{text} is no number of a cron expression")
    return int(text)


def _days_of_month(field: str, day: date) -> set[int]:
    last = monthrange(day.year, day.month)[1]
    if field == "L":
        return {last}
    if near := re.fullmatch(r"(\d+)W", field):
        weekdays = [number for number in range(1, last + 1) if day.replace(day=number).weekday() < 5]
        return {min(weekdays, key=lambda number: abs(number - min(int(near[1]), last)))}
    return _numbers(field, 1, 31)


def _falls_on(field: str, day: date) -> bool:
    weekday = day.isoweekday() % 7 + 1
    if nth := re.fullmatch(r"(\w+)#([1-5])", field):
        return weekday == _number(nth[1], WEEKDAYS) and (day.day - 1) // 7 + 1 == int(nth[2])
    if final := re.fullmatch(r"(\w+)L", field):
        in_last_week = day.day + 7 > monthrange(day.year, day.month)[1]
        return weekday == _number(final[1], WEEKDAYS) and in_last_week
    return weekday in _numbers(field, 1, 7, WEEKDAYS)
