"""The backfill on the real stand-in: what the tables hold after it, and that each day is loaded once."""

import asyncio
import json
import re
import signal
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import ArtifactSort

from flows.sales_backfill import sales_backfill
from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin, Served
from prefect_redshift.exceptions import PipelineError, StatementFailedError
from prefect_redshift.reports import progress
from prefect_redshift.reports.days_report import DaysFailedError, DaysReport
from tests.flow_runs import execute, execute_here, new_flow_run, retry_later, slow_scripts, worker_notices
from tests.flows.test_command_line import last_line, started
from tests.job_warehouse import Warehouse
from tests.loaded_days import each, loads, range_loads

FIRST = date(2026, 3, 1)
CONFLICT = "ERROR: 1023 DETAIL: Serializable isolation violation on table - 1"
TOO_MUCH = "insert into src_store_sales values ('{day}', 1, 1, 'ITEM0001', 'CUST0001', 2147483647, 99999.99)"


def days_from(first: date, number: int) -> list[date]:
    return [first + timedelta(n) for n in range(number)]


def backfill(**parameters: Any) -> DaysReport:
    report: DaysReport = asyncio.run(sales_backfill(**parameters))
    return report


def statuses(report: DaysReport) -> dict[str, int]:
    return dict(Counter(day.status for day in report.days))


def names_of(warehouse: Warehouse) -> list[str]:
    return [statement["StatementName"] for statement in warehouse.statements("sales-backfill/")]


async def artifact(key: str) -> Any:
    async with get_client() as client:
        found = await client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key])), sort=ArtifactSort.UPDATED_DESC
        )
        return found[0].data


def test_the_tables_are_those_of_daily_runs_and_a_second_backfill_loads_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "FIRST_TOLD_SECONDS", 0.0)
    days = days_from(FIRST, 3)
    report = backfill(from_date=days[0], to_date=days[-1])
    assert [(d.day, d.status, d.delivered, *d.counts.values()) for d in report.days] == [
        (day, "loaded", 16, 13, 3) for day in days
    ]
    assert asyncio.run(artifact("sales-data-pipeline-progress")) == 100
    assert [
        (row["day"], row["status"]) for row in json.loads(asyncio.run(artifact("sales-data-pipeline-days")))
    ] == [(str(day), "loaded") for day in days]
    tables, rejected = warehouse.tables(), warehouse.count("store_sales_rejected")

    assert statuses(backfill(dates=[*days])) == {"skipped": 3}
    assert loads(warehouse) == each(days)
    assert statuses(backfill(dates=[days[1]], reload=True)) == {"loaded": 1}
    assert warehouse.tables() == tables

    for number, day in enumerate(days):
        asyncio.run(sales_data_pipeline(run_date=day, setup="if_missing" if number else "always"))
    assert warehouse.tables() == tables
    assert warehouse.count("store_sales_rejected") == rejected


def test_a_day_that_fails_stops_no_other_and_is_alone_in_the_next_try(warehouse: Warehouse) -> None:
    days = days_from(FIRST, 5)
    backfill(dates=days[:1])
    warehouse.run(TOO_MUCH.format(day=days[2]))
    warehouse.run(f"delete from src_store_sales where ss_sold_date = '{days[3]}'")

    with pytest.raises(DaysFailedError) as failure:
        backfill(from_date=days[0], to_date=days[-1])
    assert str(failure.value).startswith("2 of 5 days failed: 2026-03-03: ERROR: Numeric data overflow")
    assert "2026-03-04: store_sales_delivered: the source holds no sales of the day" in str(failure.value)
    assert warehouse.rows("select distinct ss_sold_date_sk from store_sales order by 1") == [
        (20260301,),
        (20260302,),
        (20260305,),
    ]

    warehouse.run("delete from src_store_sales where ss_quantity = 2147483647")
    report = backfill(dates=[days[0], days[1], days[2], days[4]])
    assert [day.status for day in report.days] == ["skipped", "skipped", "loaded", "skipped"]
    # What the batch of days 2 to 5 found was in vain; the others found by themselves what they had loaded.
    assert [name.split("/")[2] for name in names_of(warehouse) if "find_loaded_days" in name] == [
        "find_loaded_days"
    ]
    # Days 2 to 5 failed together, then days 2 and 3, then day 3; day 3 alone was loaded later.
    found = [
        ([days.index(day) + 1 for day in of_range], status) for of_range, status in range_loads(warehouse)
    ]
    assert found == [
        ([1], "FINISHED"),
        ([2, 3, 4, 5], "FAILED"),
        ([2, 3], "FAILED"),
        ([4, 5], "FINISHED"),
        ([2], "FINISHED"),
        ([3], "FAILED"),
        ([3], "FINISHED"),
    ]


def test_days_whose_versions_are_wrong_are_loaded_again(warehouse: Warehouse) -> None:
    days = days_from(FIRST, 3)
    backfill(dates=days)
    warehouse.run("delete from store_sales where ss_sold_date_sk = 20260302 and ss_store_sk = 1")
    warehouse.run("update store_sales set ss_item_sk = -5 where ss_sold_date_sk = 20260303")
    assert [day.status for day in backfill(dates=days).days] == ["skipped", "loaded", "loaded"]


def test_a_batch_that_breaks_off_is_continued_without_the_day_at_fault(
    warehouse: Warehouse, stand_in: Served
) -> None:
    days = days_from(FIRST, 43)
    parameters = {"dates": [str(day) for day in days], "days_at_once": 1}
    flow_run_id = asyncio.run(new_flow_run(sales_backfill, **parameters))
    second = f"sales-backfill/{flow_run_id}/load_days_02/"
    Admin(stand_in.url).add_fault("fail", statement_name=second, message="ERROR: out of luck")
    with pytest.raises(DaysFailedError, match=r"^1 of 43 days failed: 2026-04-10: ERROR: out of luck\. "):
        execute_here(sales_backfill, flow_run_id)
    ended = loads(warehouse)
    assert ended.pop(("2026-04-10", "FAILED")) == 1
    assert ended == each([*days[:40], *days[41:]]) + each(days[41:], "ABORTED")


def test_a_conflict_repeats_the_range(warehouse: Warehouse, stand_in: Served) -> None:
    days = days_from(FIRST, 20)
    flow_run_id = asyncio.run(new_flow_run(sales_backfill, from_date=str(days[0]), to_date=str(days[-1])))
    first = f"sales-backfill/{flow_run_id}/load_days_01/"
    Admin(stand_in.url).add_fault("fail", statement_name=first, message=CONFLICT)
    execute_here(sales_backfill, flow_run_id)
    assert range_loads(warehouse) == [(days, "FAILED"), (days, "FINISHED")]


def test_of_a_cause_that_is_not_a_day_s_no_more_than_two_halves_are_tried(warehouse: Warehouse) -> None:
    days = days_from(FIRST, 90)
    backfill(dates=days[:1])
    warehouse.run("alter table store_sales_rejected drop column reason")
    with pytest.raises(
        DaysFailedError,
        match=r"^90 of 90 days failed: 2026-03-01: 2026-03-01 to 2026-04-14 at once .2 ranges failed in the same words",
    ):
        backfill(dates=days, reload=True)
    assert [(len(of_range), status) for of_range, status in range_loads(warehouse)] == [
        (1, "FINISHED"),
        (90, "FAILED"),
        (45, "FAILED"),
        (45, "FAILED"),
    ]


def test_a_year_costs_no_more_than_25_calls(warehouse: Warehouse, stand_in: Served) -> None:
    admin = Admin(stand_in.url)
    admin.clear_history()
    days = days_from(FIRST - timedelta(200), 365)
    backfill(from_date=days[0], to_date=days[-1])
    assert len(admin.calls()) <= 25
    # What is loaded is looked for by the last statement of the batch that loads it.
    assert not any("find_loaded_days" in name for name in names_of(warehouse))
    assert [len(of_range) for of_range, _ in range_loads(warehouse)] == [365]
    assert loads(warehouse) == each(days)


def test_no_days_at_once_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(PipelineError, match="days_at_once is 0: it takes 1 or more"):
        backfill(dates=[FIRST], days_at_once=0)
    assert warehouse.statements() == []


@pytest.mark.parametrize("last", [date(1999, 1, 2), date(2016, 1, 3)])
def test_days_outside_the_calendar_change_nothing(warehouse: Warehouse, last: date) -> None:
    with pytest.raises(StatementFailedError, match=r"run date .* is outside the calendar"):
        backfill(from_date=last - timedelta(5), to_date=last)
    assert not warehouse.has_table("store_sales")


def test_a_day_that_the_calendar_leaves_out_is_told_before_anything_is_loaded(warehouse: Warehouse) -> None:
    days = days_from(FIRST, 3)
    backfill(dates=days[:1])
    warehouse.run("delete from date_dim where d_date = '2026-03-02'")
    with pytest.raises(PipelineError, match="2026-03-02 is outside the calendar"):
        backfill(dates=days)
    assert loads(warehouse) == each(days[:1])


def test_killed_twice_and_resumed_every_day_is_loaded_once(warehouse: Warehouse, tmp_path: Path) -> None:
    days = days_from(FIRST, 70)
    parameters = {"from_date": str(days[0]), "to_date": str(days[-1])}
    several = {"scripts": str(slow_scripts(tmp_path, 0.2)), "days_at_once": 5}
    flow_run_id = asyncio.run(new_flow_run(sales_backfill, **parameters, **several))
    with execute(sales_backfill, flow_run_id) as process:
        warehouse.wait_for_running("load_days_01/1", 90)
        wait_for_facts(warehouse)
        with warehouse.locked("store_sales"):
            process.kill()
            # The worker notices, and what of the batch was not committed is for the next try.
            asyncio.run(worker_notices(sales_backfill, flow_run_id))
    assert warehouse.running() == []
    finished = [of_range for of_range, status in range_loads(warehouse) if status == "FINISHED"]
    assert 0 < len(finished) < 14
    assert {5} == {len(of_range) for of_range in finished}

    asyncio.run(retry_later(flow_run_id))
    with execute(sales_backfill, flow_run_id) as process:
        warehouse.wait_for_running("load_days_01/2", 90)
        process.kill()
    # Nobody notices: its batch runs on, and is waited for by whoever comes next.
    backfill(**{name: date.fromisoformat(value) for name, value in parameters.items()}, **several)
    ended = loads(warehouse)
    assert Counter({key: number for key, number in ended.items() if key[1] == "FINISHED"}) == each(days)
    assert warehouse.count("store_sales") + warehouse.count("store_sales_rejected") == 16 * len(days)


def wait_for_facts(warehouse: Warehouse) -> None:
    deadline = time.monotonic() + 60
    while warehouse.count("store_sales") == 0 and time.monotonic() < deadline:
        time.sleep(0.05)


def test_interrupted_in_the_middle_it_keeps_what_is_committed(warehouse: Warehouse, tmp_path: Path) -> None:
    days = days_from(FIRST, 30)
    scripts = str(slow_scripts(tmp_path, 0.2))
    options = ("--from", str(days[0]), "--to", str(days[-1]), "--scripts", scripts, "--days-at-once", "2")
    with started(*options, module="flows.sales_backfill") as process:
        warehouse.wait_for_running("load_days_01/1", 90)
        wait_for_facts(warehouse)
        with warehouse.locked("store_sales"):
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert last_line(err) == "Terminated. What ran was cancelled, and its end confirmed."
    assert "Traceback" not in err
    assert re.search(r"^  2026-03-01   interrupted ", err, re.MULTILINE)
    assert warehouse.running() == []
    assert warehouse.count("store_sales") > 0

    report = backfill(dates=days)
    assert statuses(report).keys() == {"skipped", "loaded"}
    assert Counter(key for key in loads(warehouse).elements() if key[1] == "FINISHED") == each(days)
