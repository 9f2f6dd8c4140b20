"""Which days are asked for, which are done, and how a batch's parts become the loads of days."""

from datetime import date, timedelta
from typing import Any

import pytest

from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.exceptions import PipelineError, ScriptError
from prefect_redshift.pipeline.days import MOST_DAYS, Day, Load, days_asked
from prefect_redshift.reports.days_report import DayReport, DaysFailedError, DaysReport

TODAY = date(2026, 11, 24)
DAY = date(2026, 11, 22)
CONFLICT = "ERROR: 1023 Serializable isolation violation on table - 1"


def test_a_range_has_both_ends_and_a_list_is_sorted() -> None:
    assert days_asked(DAY, TODAY, None, TODAY) == [DAY, DAY + timedelta(1), TODAY]
    assert days_asked(None, None, [TODAY, DAY], TODAY) == [DAY, TODAY]
    assert len(days_asked(TODAY - timedelta(MOST_DAYS - 1), TODAY, None, TODAY)) == MOST_DAYS


@pytest.mark.parametrize(
    ("from_date", "to_date", "dates", "message"),
    [
        (None, None, None, "Name either a first and a last day"),
        (None, None, [], "Name either"),
        (DAY, None, None, "Name either"),
        (DAY, TODAY, [DAY], "Name either"),
        (TODAY, DAY, None, "The first day, 2026-11-24, is after the last, 2026-11-22"),
        (None, None, [DAY, TODAY, DAY], "2026-11-22 is named twice"),
        (DAY, date(2026, 11, 25), None, "2026-11-25 has not come yet, today is 2026-11-24"),
        (TODAY - timedelta(MOST_DAYS), TODAY, None, "3,660 days at most"),
        (date.min, date.max, None, "3,660 days at most"),
    ],
)
def test_what_makes_no_sense_is_said(
    from_date: date | None, to_date: date | None, dates: list[date] | None, message: str
) -> None:
    with pytest.raises(PipelineError, match=message):
        days_asked(from_date, to_date, dates, TODAY)


def test_a_day_is_what_the_jobs_own_query_says() -> None:
    row = {"day": DAY, "delivered": 16, "problem": "", "loaded": 14, "rejected": 2}
    assert Day.from_row(row) == Day(DAY, 16, "", {"loaded": 14, "rejected": 2})
    assert Day.from_row(row).is_loaded
    assert Day.from_row({**row, "problem": None}).is_loaded
    assert not Day.from_row({**row, "problem": "expected 16, found 15"}).is_loaded


@pytest.mark.parametrize(
    "row",
    [
        {"day": DAY, "delivered": 16},
        {"date": DAY, "delivered": 16, "problem": ""},
        {"day": "2026-11-22", "delivered": 16, "problem": ""},
        {"day": DAY, "delivered": None, "problem": ""},
        {"day": DAY, "delivered": 16, "problem": 0.5},
    ],
)
def test_another_row_gets_one_sentence(row: dict[str, Any]) -> None:
    with pytest.raises(ScriptError, match=r"^The query find_days has to return the columns day \(a date\)"):
        Day.from_row(row)


def batch(status: str, *parts: tuple[str, str | None], error: str | None = None) -> Statement:
    made = [
        SubStatement(id=f"x:{number}", status=status, error=error, seconds=0.5)
        for number, (status, error) in enumerate(parts, start=1)
    ]
    return Statement(id="x", status=status, error=error, sub_statements=tuple(made))


@pytest.mark.parametrize(
    ("statement", "load"),
    [
        (batch("FINISHED", ("FINISHED", None)), Load(0.5)),
        (batch("FAILED", ("FINISHED", None), ("FINISHED", None)), Load(1.0)),
        # Which status a batch has of which only some failed is not documented: only its parts count.
        (batch("FINISHED", ("FAILED", "no such table")), Load(0.5, "no such table")),
        (batch("FAILED", ("FINISHED", None), ("FAILED", "no space")), Load(1.0, "no space")),
        (batch("FAILED", ("FAILED", CONFLICT)), Load(0.5, CONFLICT, may_pass=True)),
        (batch("FAILED", ("ABORTED", None), error="connection lost"), Load(0.5, "connection lost", True)),
        (batch("ABORTED", ("ABORTED", None), error="cancelled"), Load(0.5, "cancelled")),
        (batch("ABORTED", ("STARTED", None)), Load(0.5, "is ABORTED")),
        (batch("FAILED", error="too many connections"), Load(0.0, "too many connections", True)),
    ],
)
def test_the_load_of_a_day_is_what_its_parts_say(statement: Statement, load: Load) -> None:
    assert Load.of_parts(statement.sub_statements, statement) == load


def test_the_report_is_one_table_and_the_error_names_the_first_few() -> None:
    failed = [
        DayReport(DAY + timedelta(n), "failed", 16, {"loaded": 0, "rejected": 0}, 0.25, f"reason [{n}]")
        for n in range(7)
    ]
    report = DaysReport(
        [DayReport(DAY - timedelta(1), "skipped", 16, {"loaded": 14, "rejected": 2}), *failed]
    )
    lines = str(report).splitlines()
    assert [line.split() for line in lines if "2026-11-2" in line][:2] == [
        ["2026-11-21", "skipped", "16", "14", "2", "-"],
        ["2026-11-22", "failed", "16", "0", "0", "0.25", "reason", "[0]"],
    ]
    with pytest.raises(
        DaysFailedError, match=r"^7 of 8 days failed: 2026-11-22: reason \[0\]; .*and 2 more\. "
    ):
        report.check()
    DaysReport(report.days[:1]).check()
