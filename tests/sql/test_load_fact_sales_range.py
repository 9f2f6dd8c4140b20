"""sp_load_fact_sales_range: the same rows, rejections and errors as the procedure of one day, called day by day."""

from datetime import date, timedelta
from decimal import Decimal

from tests.sql.sales import LOAD, Dimensions, found
from tests.sql.warehouse import DIMENSIONS, FACTS, SOURCES, Warehouse

RANGE = "call sp_load_fact_sales_range(cast(:first_day as date), cast(:last_day as date), 0, 0)"
FIRST, LAST = date(2026, 1, 10), date(2026, 2, 12)
# No load writes to the others, which are large: their rows are counted.
LOADED = tuple(table for table in (*DIMENSIONS, *FACTS) if table != "date_dim")
COUNTS = " union all ".join(f"select count(*) from {table}" for table in ("date_dim", *SOURCES))
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]


def load_range(warehouse: Warehouse, first: date, last: date) -> tuple[int, int]:
    """Load a range and return what the procedure tells that it changed."""
    ((inserted, rejected),) = warehouse.rows(RANGE, first_day=first.isoformat(), last_day=last.isoformat())
    return inserted, rejected


def test_all_tables_are_those_of_the_days_one_by_one_row_for_row(loaded: Warehouse) -> None:
    """With what each case of the loads needs: versions that change, late customers, copies, days without sales."""
    day = DAYS[5]
    loaded.insert(
        "src_store_sales",
        [
            # A line that came three times; the same ticket on the next day is another line.
            (day, 9, 1, "ITEM0001", "CUST0001", 3, Decimal("5.99")),
            (day, 9, 1, "ITEM0001", "CUST0002", 1, Decimal("7.99")),
            (day, 9, 1, "ITEM0001", "CUST0002", 1, Decimal("5.99")),
            (DAYS[6], 9, 1, "ITEM0001", "CUST0001", 2, Decimal("5.99")),
            (DAYS[6], 9, 2, "ITEM0012", "CUST9999", 2, Decimal("5.99")),
        ],
    )
    loaded.run(f"delete from src_store_sales where ss_sold_date in ('{DAYS[20]}', '{DAYS[21]}')")
    # What earlier loads have left of these days, and of the days around them.
    stale = [
        (f"{day:%Y%m%d}", 1, 1, 1, 77, 1, 1, 1, 1) for day in (FIRST - timedelta(1), *DAYS[::10], DAYS[20])
    ]
    loaded.insert("store_sales", stale)

    counts = loaded.rows(COUNTS)
    loaded.run("create table sales_before as select * from store_sales")
    for day in DAYS:
        loaded.run(LOAD, run_date=day.isoformat())
    one_by_one = loaded.contents(*LOADED)
    loaded.run(["delete from store_sales", "insert into store_sales select * from sales_before"])
    loaded.run("delete from store_sales_rejected")
    assert loaded.contents(*LOADED) != one_by_one

    facts, rejected = load_range(loaded, FIRST, LAST)
    assert loaded.contents(*LOADED) == one_by_one
    assert {row[-2] for row in one_by_one["store_sales_rejected"]} == {
        "ticket line delivered twice",
        "unknown item",
        "no item version on the day of sale",
    }
    outside = 1
    assert (facts, rejected) == (
        len(one_by_one["store_sales"]) - outside,
        len(one_by_one["store_sales_rejected"]),
    )
    # A second time, in parts: nothing changes.
    load_range(loaded, FIRST, DAYS[30])
    load_range(loaded, DAYS[31], LAST)
    assert loaded.contents(*LOADED) == one_by_one
    assert loaded.rows(COUNTS) == counts
    dimensions = Dimensions(loaded)
    for day in (DAYS[5], DAYS[6], DAYS[20], DAYS[32]):
        assert found(loaded, day) == dimensions.expected(loaded, day)
    loaded.run("drop table sales_before")


def test_a_customer_held_twice_names_the_first_day_and_changes_nothing(loaded: Warehouse) -> None:
    first, last = date(2026, 5, 1), date(2026, 5, 31)
    load_range(loaded, first, last)
    before = loaded.contents("store_sales", "store_sales_rejected")
    days = [date(2026, 5, 20), date(2026, 5, 11), date(2026, 5, 12)]
    loaded.insert(
        "src_store_sales", [(day, 1, 80, "ITEM0001", "CUST0810", 1, Decimal("5.99")) for day in days]
    )
    loaded.insert("customer", [(sk, "CUST0810", 1, None, None) for sk in (810, 811)])
    error = loaded.error(RANGE, first_day=first.isoformat(), last_day=last.isoformat())
    assert "the 17 sales of 2026-05-11 became 18 when joined" in error
    assert loaded.contents("store_sales", "store_sales_rejected") == before
    assert not any(name.startswith("stage_") for name in loaded.tables())
    loaded.run("delete from customer where c_customer_id = 'CUST0810'")


def test_days_outside_the_calendar(empty: Warehouse) -> None:
    empty.run("call sp_setup_sales_data_pipeline()")
    for first, last, reason in [
        ("2015-12-31", "2016-01-02", "run date 2015-12-31 is outside the calendar"),
        ("2035-12-31", "2036-01-01", "run date 2036-01-01 is outside the calendar"),
    ]:
        assert reason in empty.error(RANGE, first_day=first, last_day=last)
    empty.run("delete from date_dim where d_date = '2026-07-15'")
    assert (
        "a day from 2026-07-01 to 2026-07-31 is outside the calendar (date_dim holds 30 of them)"
        in empty.error(RANGE, first_day="2026-07-01", last_day="2026-07-31")
    )
