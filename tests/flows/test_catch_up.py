"""A daily run that loads the days missed since the last validated one."""

import asyncio
import logging
from collections import Counter
from datetime import date, timedelta

import pytest

from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.reports.days_report import DaysFailedError
from tests.flows.test_sales_backfill import TOO_MUCH
from tests.job_warehouse import Warehouse
from tests.loaded_days import each, loads

DAY = date(2026, 11, 22)


def run(day: date, catch_up: bool = True) -> None:
    asyncio.run(sales_data_pipeline(run_date=day, catch_up=catch_up))


def loaded_days(warehouse: Warehouse) -> list[int]:
    return [day for (day,) in warehouse.rows("select distinct ss_sold_date_sk from store_sales order by 1")]


def test_missed_days_are_loaded_first_and_one_that_fails_stops_nothing(warehouse: Warehouse) -> None:
    run(DAY - timedelta(6), catch_up=False)
    run(DAY - timedelta(4), catch_up=False)
    warehouse.run(TOO_MUCH.format(day=DAY - timedelta(3)))
    warehouse.run(f"delete from src_store_sales where ss_sold_date = '{DAY - timedelta(2)}'")

    with pytest.raises(
        DaysFailedError, match=r"^1 of 2 days failed: 2026-11-19: ERROR: Numeric data overflow"
    ):
        run(DAY)
    # The day before the last validated one is left alone, and so is one of which nothing was delivered.
    assert loaded_days(warehouse) == [20261116, 20261118, 20261121, 20261122]
    ended = loads(warehouse, "sales-data-pipeline/")
    assert ended == each([DAY - timedelta(1)]) + each([DAY - timedelta(3)], "FAILED")

    warehouse.run("delete from src_store_sales where ss_quantity = 2147483647")
    run(DAY + timedelta(1))
    assert loads(warehouse, "sales-data-pipeline/") == ended
    assert loaded_days(warehouse) == [20261116, 20261118, 20261121, 20261122, 20261123]


def test_where_no_day_is_validated_nothing_is_caught_up(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        run(DAY)
    assert loaded_days(warehouse) == [20261122]
    assert "None of the 40 days before 2026-11-22 is loaded: nothing is caught up" in caplog.text
    assert not any("load_days" in s["StatementName"] for s in warehouse.statements())


def test_without_it_a_run_has_no_statement_more(warehouse: Warehouse) -> None:
    run(DAY, catch_up=False)
    steps = Counter(s["StatementName"].split("/")[2] for s in warehouse.statements())
    assert "find_days" not in steps
    assert set(steps.values()) == {1}
