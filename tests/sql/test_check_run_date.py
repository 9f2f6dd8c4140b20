"""sp_check_run_date: a day of the calendar, or a clear error."""

import pytest

from tests.sql.warehouse import Warehouse

CHECK = "call sp_check_run_date(cast(:run_date as date))"


@pytest.mark.parametrize("day", ["2016-01-01", "2024-02-29", "2026-11-22", "2035-12-31"])
def test_a_day_of_the_calendar(warehouse: Warehouse, day: str) -> None:
    warehouse.run(CHECK, run_date=day)


@pytest.mark.parametrize("day", ["2015-12-31", "2036-01-01", "0001-01-01"])
def test_another_day(warehouse: Warehouse, day: str) -> None:
    assert (
        f"run date {day} is outside the calendar (date_dim holds 2016-01-01 to 2035-12-31)"
        in warehouse.error(CHECK, run_date=day)
    )


def test_no_day(warehouse: Warehouse) -> None:
    assert "run date <NULL> is outside the calendar" in warehouse.error("call sp_check_run_date(null)")


def test_a_gap_in_the_calendar_is_outside(empty: Warehouse) -> None:
    empty.run("call sp_setup_sales_data_pipeline()")
    empty.run("delete from date_dim where d_date = '2026-11-22'")
    assert "run date 2026-11-22 is outside" in empty.error(CHECK, run_date="2026-11-22")


def test_an_empty_calendar(empty: Warehouse) -> None:
    empty.run("call sp_setup_sales_data_pipeline()")
    empty.run("delete from date_dim")
    assert "(date_dim holds <NULL> to <NULL>)" in empty.error(CHECK, run_date="2026-11-22")


def test_the_fact_load_checks_it_and_changes_nothing(loaded: Warehouse) -> None:
    before = loaded.contents("store_sales", "store_sales_rejected")
    error = loaded.error("call sp_load_fact_sales(cast(:run_date as date))", run_date="2036-01-01")
    assert "run date 2036-01-01 is outside the calendar" in error
    assert loaded.contents("store_sales", "store_sales_rejected") == before
