"""sp_load_dim_item: SCD type 2 on the price, case by case."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from tests.sql.warehouse import Row, Warehouse

LOAD = "call sp_load_dim_item()"
NUMBERS = count(100)


@pytest.fixture
def item(loaded: Warehouse) -> Iterator[str]:
    """An item of the test's own, sold for 5.00 since 2026-01-01."""
    name = f"ITEM{next(NUMBERS):04}"
    deliver(loaded, (name, "2026-01-01", "5.00"))
    yield name
    # The dimension keeps what it has; the feed goes, so that no other test's load has to look at it.
    loaded.run("delete from src_item where i_item_id = :item", item=name)


def deliver(warehouse: Warehouse, *deliveries: Row) -> None:
    """Add (item, day, price[, description[, category]]) to the feed, and load."""
    warehouse.insert(
        "src_item",
        [
            (name, day, *(more or ["An item"])[:1], *(more[1:] or ["Books"]), Decimal(price))
            for name, day, price, *more in deliveries
        ],
    )
    warehouse.run(LOAD)


def versions(warehouse: Warehouse, item: str) -> list[Row]:
    """First day, last day and price of each version of an item, as text, oldest first."""
    return warehouse.rows(
        "select i_rec_start_date::varchar, i_rec_end_date::varchar, i_current_price::varchar from item"
        " where i_item_id = :item order by i_rec_start_date",
        item=item,
    )


def keys(warehouse: Warehouse, item: str) -> dict[date, int]:
    """Surrogate keys by first day."""
    found = warehouse.rows("select i_rec_start_date, i_item_sk from item where i_item_id = :item", item=item)
    return dict(found)


def test_the_sample(loaded: Warehouse) -> None:
    expected = {
        "ITEM0001": [("2016-01-01", None, "5.99")],
        "ITEM0002": [("2016-01-01", "2026-02-28", "6.99"), ("2026-03-01", None, "7.49")],
        "ITEM0003": [
            ("2016-01-01", "2026-01-14", "7.99"),
            ("2026-01-15", "2026-08-31", "8.49"),
            ("2026-09-01", None, "8.99"),
        ],
        "ITEM0004": [("2016-01-01", None, "8.99")],
        **{f"ITEM{n:04}": [("2016-01-01", None, f"{4.99 + n:.2f}")] for n in range(5, 11)},
        "ITEM0011": [("2020-06-01", None, "15.99")],
        "ITEM0012": [("2026-06-01", None, "16.99")],
    }
    assert {item: versions(loaded, item) for item in expected} == expected


def test_the_sample_in_full(empty: Warehouse) -> None:
    """Setup's items keep their keys, and new versions are numbered by item and day."""
    empty.run("call sp_setup_sales_data_pipeline()")
    before = empty.rows("select i_item_sk, i_item_id from item")
    empty.run(LOAD)
    after = empty.rows("select i_item_sk, i_item_id from item")
    assert sorted(set(after) - set(before)) == [
        (11, "ITEM0002"),
        (12, "ITEM0003"),
        (13, "ITEM0003"),
        (14, "ITEM0011"),
        (15, "ITEM0012"),
    ]
    assert set(before) <= set(after)


def test_a_new_item(loaded: Warehouse, item: str) -> None:
    assert versions(loaded, item) == [("2026-01-01", None, "5.00")]


def test_a_price_change(loaded: Warehouse, item: str) -> None:
    deliver(loaded, (item, "2026-02-01", "6.00"))
    assert versions(loaded, item) == [("2026-01-01", "2026-01-31", "5.00"), ("2026-02-01", None, "6.00")]


def test_two_price_changes_at_once(loaded: Warehouse, item: str) -> None:
    deliver(loaded, (item, "2026-03-01", "7.00"), (item, "2026-02-01", "6.00"))
    assert versions(loaded, item) == [
        ("2026-01-01", "2026-01-31", "5.00"),
        ("2026-02-01", "2026-02-28", "6.00"),
        ("2026-03-01", None, "7.00"),
    ]


def test_there_and_back(loaded: Warehouse, item: str) -> None:
    """The old price again is a change, too."""
    deliver(loaded, (item, "2026-02-01", "6.00"), (item, "2026-02-02", "5.00"))
    assert versions(loaded, item) == [
        ("2026-01-01", "2026-01-31", "5.00"),
        ("2026-02-01", "2026-02-01", "6.00"),
        ("2026-02-02", None, "5.00"),
    ]


def test_the_same_price_again_opens_no_version(loaded: Warehouse, item: str) -> None:
    deliver(loaded, (item, "2026-02-01", "5.00"), (item, "2026-03-01", "5.00"), (item, "2026-03-01", "5.00"))
    assert versions(loaded, item) == [("2026-01-01", None, "5.00")]


def test_a_price_that_was_confirmed_holds_when_an_earlier_one_is_corrected(
    loaded: Warehouse, item: str
) -> None:
    """5.00 was delivered for February: a January of 4.00, known later, does not last into it."""
    deliver(loaded, (item, "2026-02-01", "5.00"))
    loaded.run(
        "update src_item set i_current_price = 4 where i_item_id = :item and i_price_date = '2026-01-01'",
        item=item,
    )
    loaded.run(LOAD)
    assert versions(loaded, item) == [("2026-01-01", "2026-01-31", "4.00"), ("2026-02-01", None, "5.00")]


@pytest.mark.parametrize("price", ["4.00", "6.00"])
def test_a_correction_on_the_first_day_changes_that_version(loaded: Warehouse, item: str, price: str) -> None:
    deliver(loaded, (item, "2026-02-01", "5.50"))
    before = keys(loaded, item)
    loaded.run(
        f"update src_item set i_current_price = {price} where i_item_id = '{item}' and i_price_date = '2026-01-01'"
    )
    loaded.run(LOAD)
    assert versions(loaded, item) == [("2026-01-01", "2026-01-31", price), ("2026-02-01", None, "5.50")]
    assert keys(loaded, item) == before


def test_a_late_delivery_splits_an_earlier_version(loaded: Warehouse, item: str) -> None:
    deliver(loaded, (item, "2026-03-01", "7.00"))
    before = keys(loaded, item)
    deliver(loaded, (item, "2026-02-01", "6.00"))
    assert versions(loaded, item) == [
        ("2026-01-01", "2026-01-31", "5.00"),
        ("2026-02-01", "2026-02-28", "6.00"),
        ("2026-03-01", None, "7.00"),
    ]
    after = keys(loaded, item)
    assert {day: after[day] for day in before} == before
    assert after[date(2026, 2, 1)] > max(before.values())


def test_a_delivery_before_the_first_version_comes_before_it(loaded: Warehouse, item: str) -> None:
    deliver(loaded, (item, "2025-12-01", "4.00"))
    assert versions(loaded, item) == [("2025-12-01", "2025-12-31", "4.00"), ("2026-01-01", None, "5.00")]


def test_description_and_category_are_those_delivered_last_in_all_versions(
    loaded: Warehouse, item: str
) -> None:
    deliver(loaded, (item, "2026-02-01", "6.00", "Its new name", "Music"))
    deliver(loaded, (item, "2026-01-15", "5.00", "An old name", "Films"))
    found = loaded.rows("select i_item_desc, i_category from item where i_item_id = :item", item=item)
    assert found == [("Its new name", "Music")] * 2


@pytest.mark.parametrize("renamed", [("Second edition", "Books"), ("An item", "Music")])
def test_a_description_or_category_alone_opens_no_version(
    loaded: Warehouse, item: str, renamed: tuple[str, str]
) -> None:
    before = keys(loaded, item)
    deliver(loaded, (item, "2026-02-01", "5.00", *renamed))
    assert versions(loaded, item) == [("2026-01-01", None, "5.00")]
    assert keys(loaded, item) == before
    assert loaded.rows("select i_item_desc, i_category from item where i_item_id = :item", item=item) == [
        renamed
    ]


def test_an_item_that_no_delivery_names_is_left_alone(loaded: Warehouse, item: str) -> None:
    deliver(loaded, (item, "2026-02-01", "6.00"))
    before = loaded.row_versions(f"item where i_item_id = '{item}'")
    loaded.run("delete from src_item where i_item_id = :item", item=item)
    loaded.run(LOAD)
    assert loaded.row_versions(f"item where i_item_id = '{item}'") == before


def test_only_what_changed_is_written(loaded: Warehouse, item: str) -> None:
    others = f"item where i_item_id <> '{item}'"
    before = loaded.row_versions(others)
    deliver(loaded, (item, "2026-02-01", "6.00", "Renamed"))
    assert loaded.row_versions(others) == before


def test_a_second_run_writes_nothing(loaded: Warehouse, item: str) -> None:
    deliver(loaded, (item, "2026-03-01", "7.00"), (item, "2026-02-01", "6.00", "Renamed"))
    before = loaded.contents("item"), loaded.row_versions("item")
    loaded.run(LOAD)
    assert (loaded.contents("item"), loaded.row_versions("item")) == before


def test_a_description_or_a_price_that_was_unknown_is_a_change(empty: Warehouse) -> None:
    columns = "i_item_desc varchar(200), i_category varchar(50), i_current_price decimal(7,2)"
    dates = "i_rec_start_date date, i_rec_end_date date"
    empty.run(f"create table item (i_item_sk bigint, i_item_id varchar(16), {dates}, {columns})")
    empty.run(f"create table src_item (i_item_id varchar(16), i_price_date date, {columns})")
    empty.insert("item", [(1, "ITEM0001", date(2016, 1, 1), None, None, "Books", None)])
    empty.insert("src_item", [("ITEM0001", date(2026, 1, 1), "Item number 1", None, 5)])
    assert empty.result(empty.run(LOAD)) == [(1, 2)]
    assert empty.rows("select * from item order by i_rec_start_date") == [
        (1, "ITEM0001", date(2016, 1, 1), date(2025, 12, 31), "Item number 1", None, None),
        (2, "ITEM0001", date(2026, 1, 1), None, "Item number 1", None, 5),
    ]
    assert empty.result(empty.run(LOAD)) == [(0, 0)]
