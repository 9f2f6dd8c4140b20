"""sp_setup_sales_data_pipeline: from nothing, again, from a part, and after the tables were dropped."""

import calendar
from datetime import date, timedelta
from itertools import permutations

import pytest

from flows.sales import SALES
from tests.sql.warehouse import FACTS, TABLES, Warehouse

SET_UP = "call sp_setup_sales_data_pipeline()"
LARGE = {"date_dim": 7305, "src_store_sales": 7305 * 16}
SMALL = tuple(table for table in TABLES if table not in LARGE)
FIRST, LAST = date(2016, 1, 1), date(2035, 12, 31)


def test_from_nothing(warehouse: Warehouse) -> None:
    assert warehouse.tables() == set(TABLES)
    assert {table: warehouse.value(f"count(*) from {table}") for table in TABLES} == {
        **LARGE,
        "customer": 21,
        "customer_address": 16,
        "item": 10,
        "store_sales": 0,
        "store_sales_rejected": 0,
        "src_item": 7,
        "src_customer_address": 6,
    }


def test_the_calendar_has_every_day_of_twenty_years(warehouse: Warehouse) -> None:
    found = warehouse.rows("select * from date_dim order by d_date")
    assert found == [expected_day(FIRST + timedelta(n)) for n in range((LAST - FIRST).days + 1)]
    assert [day for day in found if day[1] == date(2028, 2, 29)] == [
        (20280229, date(2028, 2, 29), "Tuesday", 2, 29, 2, 1, 2028, "N")
    ]


def expected_day(day: date) -> tuple[object, ...]:
    """Return the row of date_dim, by Python's calendar; weeks begin on Sunday, which is 0."""
    weekend = "Y" if day.weekday() >= calendar.SATURDAY else "N"
    return (
        int(f"{day:%Y%m%d}"),
        day,
        calendar.day_name[day.weekday()],
        day.isoweekday() % 7,
        day.day,
        day.month,
        (day.month + 2) // 3,
        day.year,
        weekend,
    )


def test_each_day_has_sixteen_sales_with_each_case(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select lines, sum(1)::integer from (select ss_sold_date, count(*) as lines from src_store_sales"
        " group by ss_sold_date) days group by lines"
    ) == [(16, 7305)]
    for case in ("i_item_id = 'ITEM0099'", "c_customer_id = 'CUST0021'"):
        assert warehouse.value(f"count(distinct ss_sold_date) from src_store_sales where {case}") == 7305
    assert warehouse.rows("select distinct ss_store_sk from src_store_sales order by 1") == [(1,), (2,), (3,)]


def test_a_second_time_changes_nothing_and_keeps_history(empty: Warehouse) -> None:
    empty.run(SET_UP)
    empty.run("call sp_load_dim_item()")
    empty.run("call sp_load_fact_sales('2026-11-22')")
    before = {table: empty.row_versions(table) for table in (*SMALL, "date_dim")}
    empty.run(SET_UP)
    assert {table: empty.row_versions(table) for table in before} == before
    assert empty.value("count(*) from src_store_sales") == LARGE["src_store_sales"]


@pytest.mark.parametrize("kept", [("store_sales",), TABLES[1:]], ids=["only store_sales", "all but date_dim"])
def test_some_tables_missing_is_refused(empty: Warehouse, kept: tuple[str, ...]) -> None:
    """Whether data was lost or a name is taken by chance is not for a procedure to guess."""
    for table in kept:
        empty.run(f"create table {table} (whatever integer)")
        empty.run(f"insert into {table} values (1)")
    error = empty.error(SET_UP)
    assert (
        f"setup found only {len(kept)} of the 9 tables of the pipeline; "
        "restore the others, or drop all to start over" in error
    )
    assert empty.tables() == set(kept)
    assert empty.contents(*kept) == {table: [(1,)] for table in kept}


def test_tables_of_another_schema_do_not_count(empty: Warehouse) -> None:
    empty.run("create schema elsewhere")
    empty.run("create table elsewhere.item (whatever integer)")
    empty.run(SET_UP)
    assert empty.value("count(*) from public.item") == 10


def test_dropped_and_set_up_in_one_transaction_is_the_start_again(empty: Warehouse) -> None:
    empty.run(SET_UP)
    start = empty.contents(*SMALL)
    for table in LARGE:
        empty.run(f"create table {table}_at_start as select * from {table}")
    empty.run("call sp_load_dim_item()")
    empty.run("call sp_load_dim_customer_address()")
    empty.run("call sp_load_fact_sales('2026-11-22')")
    empty.run([*drops(), SET_UP, "call sp_check_run_date(cast(:run_date as date))"], run_date="2026-11-22")
    assert empty.contents(*SMALL) == start
    for table, rows in LARGE.items():
        assert empty.value(f"count(*) from {table}") == rows
        for one, other in permutations((table, f"{table}_at_start")):
            assert empty.rows(f"select * from {one} except select * from {other}") == []


def test_a_wrong_run_date_brings_dropped_tables_back(empty: Warehouse) -> None:
    empty.run(SET_UP)
    empty.run("call sp_load_fact_sales('2026-11-22')")
    before = empty.contents(*FACTS, "item")
    batch = [*drops(), SET_UP, "call sp_check_run_date(cast(:run_date as date))"]
    assert "is outside the calendar" in empty.error(batch, run_date="2036-01-01")
    assert empty.contents(*FACTS, "item") == before


def drops() -> list[str]:
    """Return what `setup=always` runs first."""
    return SALES.drop_tables()
