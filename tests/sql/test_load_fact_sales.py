"""sp_load_fact_sales: what each row of the source becomes."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.sql.sales import LOAD, NO_VERSION, TWICE, UNKNOWN_ITEM, Day, Dimensions, found, load
from tests.sql.warehouse import Row, Warehouse

# The calendar's ends, a leap day, each side of each price change and of each new item's first day, and days between.
DAYS = [
    *(date(2016, 1, 1), date(2035, 12, 31), date(2024, 2, 29), date(2026, 11, 22)),
    *(
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2026, 1, 14),
        date(2026, 1, 15),
        date(2026, 8, 31),
        date(2026, 9, 1),
    ),
    *(date(2020, 5, 31), date(2020, 6, 1), date(2026, 5, 31), date(2026, 6, 1)),
    *(date(2016, 5, 5) + timedelta(days=731 * n) for n in range(10)),
]


def test_every_sale_of_many_days_is_loaded_or_rejected(loaded: Warehouse) -> None:
    dimensions = Dimensions(loaded)
    for day in DAYS:
        after = load(loaded, day)
        assert after == dimensions.expected(loaded, day)
        assert after.facts.total() + after.rejected.total() == 16
    assert loaded.value("count(*) from store_sales") + loaded.value(
        "count(*) from store_sales_rejected"
    ) == 16 * len(DAYS)
    assert loaded.value("count(distinct ss_store_sk) from store_sales") == 3


def test_each_reason_of_the_sample(loaded: Warehouse) -> None:
    """ITEM0011 is sold from 2020-06-01 and ITEM0012 from 2026-06-01: before, the day's line with it is rejected."""
    reasons = {
        day: load(loaded, day).reasons for day in (date(2019, 7, 7), date(2023, 7, 7), date(2027, 7, 7))
    }
    always = {UNKNOWN_ITEM: 1, TWICE: 1}
    assert reasons == {
        date(2019, 7, 7): always | {NO_VERSION: 2},
        date(2023, 7, 7): always | {NO_VERSION: 1},
        date(2027, 7, 7): always,
    }


def test_rejected_rows_say_what_was_delivered_and_when_that_was_reported(loaded: Warehouse) -> None:
    day = date(2027, 8, 8)
    assert load(loaded, day).rejected == Counter(
        [
            (day, 1, 2027080851, "ITEM0099", "CUST0001", 1, Decimal("9.99"), UNKNOWN_ITEM),
            (day, 3, 2027080853, "ITEM0002", "CUST0002", 3, Decimal("6.99"), TWICE),
        ]
    )
    today = loaded.value("trunc(sysdate)")
    assert loaded.rows(
        "select distinct reported_on from store_sales_rejected where ss_sold_date = '2027-08-08'"
    ) == [(today,)]


@pytest.mark.parametrize(
    ("day", "item", "price"),
    [
        ("2026-02-28", "ITEM0002", "6.99"),
        ("2026-03-01", "ITEM0002", "7.49"),
        ("2026-01-14", "ITEM0003", "7.99"),
        ("2026-01-15", "ITEM0003", "8.49"),
        ("2026-08-31", "ITEM0003", "8.49"),
        ("2026-09-01", "ITEM0003", "8.99"),
        ("2020-06-01", "ITEM0011", "15.99"),
    ],
)
def test_a_sale_refers_to_the_version_valid_on_its_day(
    loaded: Warehouse, day: str, item: str, price: str
) -> None:
    sell(loaded, day, item)
    load(loaded, date.fromisoformat(day))
    assert loaded.rows(
        "select i_item_id, i_current_price from store_sales join item on i_item_sk = ss_item_sk"
        " where ss_ticket_number = 77 and ss_sold_date_sk = :day::integer",
        day=day.replace("-", ""),
    ) == [(item, Decimal(price))]


def test_the_price_of_a_sale_is_what_was_paid(loaded: Warehouse) -> None:
    """Not the item's: discounts happen, and returns are negative."""
    sell(loaded, "2027-03-01", "ITEM0001", quantity=-3, price="1.50")
    load(loaded, date(2027, 3, 1))
    assert loaded.rows(
        "select ss_quantity, ss_sales_price, ss_ext_sales_price from store_sales"
        " where ss_ticket_number = 77 and ss_sold_date_sk = 20270301"
    ) == [(-3, Decimal("1.50"), Decimal("-4.50"))]


def test_a_customer_that_has_not_arrived_is_unknown_until_the_day_is_run_again(loaded: Warehouse) -> None:
    day = date(2027, 9, 9)
    sell(loaded, "2027-09-09", "ITEM0001", customer="CUST0777")
    early = load(loaded, day)
    assert customers(loaded, 77, day) == [(-1, -1)]
    loaded.insert("customer", [(777, "CUST0777", 5, "Late", "Arrival")])
    assert found(loaded, day) == early
    late = load(loaded, day)
    assert customers(loaded, 77, day) == [(777, 5)]
    assert (late.facts - early.facts).total() == (early.facts - late.facts).total() == 1


def test_copies_of_a_line_that_differ_are_copies_all_the_same(loaded: Warehouse) -> None:
    """A ticket has a line for each item once; the first in a fixed order is loaded, whatever order they came in."""
    day = date(2027, 10, 10)
    for quantity in (7, 5, 6):
        sell(loaded, "2027-10-10", "ITEM0001", quantity=quantity)
    after = load(loaded, day)
    assert [row[6] for row in after.facts if row[5] == 77] == [5]
    assert sorted(row[5] for row in after.rejected if row[2] == 77) == [6, 7]


def test_a_copy_of_an_unknown_item_is_rejected_twice(loaded: Warehouse) -> None:
    sell(loaded, "2027-11-11", "ITEM9999")
    sell(loaded, "2027-11-11", "ITEM9999")
    after = load(loaded, date(2027, 11, 11))
    assert Counter(row[-1] for row in after.rejected.elements() if row[3] == "ITEM9999") == {
        UNKNOWN_ITEM: 1,
        TWICE: 1,
    }


def test_the_same_ticket_number_in_another_store_or_on_another_day_is_another_ticket(
    loaded: Warehouse,
) -> None:
    sell(loaded, "2027-12-12", "ITEM0001", store=1)
    sell(loaded, "2027-12-12", "ITEM0001", store=2)
    sell(loaded, "2027-12-13", "ITEM0001", store=1)
    for day, tickets in ((date(2027, 12, 12), 2), (date(2027, 12, 13), 1)):
        assert sum(row[5] == 77 for row in load(loaded, day).facts) == tickets


def test_a_day_without_sales(loaded: Warehouse) -> None:
    day = date(2028, 1, 1)
    load(loaded, day)
    loaded.run("delete from src_store_sales where ss_sold_date = '2028-01-01'")
    assert load(loaded, day) == Day(Counter(), Counter())


def test_a_sale_needs_a_run_date(loaded: Warehouse) -> None:
    assert "run date <NULL> is outside the calendar" in loaded.error(LOAD.replace(":run_date", "null"))


def sell(
    warehouse: Warehouse,
    day: str,
    item: str,
    *,
    store: int = 1,
    customer: str = "CUST0001",
    quantity: int = 1,
    price: str = "9.99",
) -> None:
    """Deliver one more line, on ticket 77."""
    warehouse.insert("src_store_sales", [(day, store, 77, item, customer, quantity, Decimal(price))])


def customers(warehouse: Warehouse, ticket: int, day: date) -> list[Row]:
    """Return customer and address of a ticket's facts."""
    return [row[2:4] for row in found(warehouse, day).facts if row[5] == ticket]
