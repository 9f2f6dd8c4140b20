"""sp_load_dim_item against a model: any deliveries, in any batches."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.item_history import Delivery, ItemHistory
from tests.sql.warehouse import Row, Warehouse

FIRST = date(2026, 1, 1)
LOAD = "call sp_load_dim_item()"

# Few items, days and prices, so that the same ones meet often.
deliveries = st.tuples(
    st.sampled_from(["ITEM0001", "ITEM0002", "ITEM0003"]),
    st.integers(0, 8).map(lambda days: FIRST + timedelta(days=days)),
    st.integers(1, 3).map(Decimal),
)
batches = st.lists(st.lists(deliveries, max_size=6), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def items(warehouse: Warehouse) -> Warehouse:
    """The module's database, without the sales, which nobody needs here."""
    warehouse.run("delete from src_store_sales")
    return warehouse


@settings(max_examples=40, deadline=None)
@given(batches)
def test_versions_are_those_of_the_model(items: Warehouse, batches: list[list[Delivery]]) -> None:
    items.run(["delete from item", "delete from src_item"])
    model = ItemHistory()
    for batch in batches:
        items.insert("src_item", [(item, day, "An item", "Books", price) for item, day, price in batch])
        items.run(LOAD)
        model.deliver(batch)
        model.load()
        found = versions(items)
        assert found == model.rows()
        check_history(found)
    written = items.row_versions("item")
    items.run(LOAD)
    assert items.row_versions("item") == written
    check_prices(versions(items), [delivery for batch in batches for delivery in batch])


def versions(warehouse: Warehouse) -> list[Row]:
    """Surrogate key, item, first day, last day and price of each version, by surrogate key."""
    return warehouse.rows(
        "select i_item_sk, i_item_id, i_rec_start_date, i_rec_end_date, i_current_price from item order by 1"
    )


def check_history(versions: list[Row]) -> None:
    """Keys are 1, 2, 3 ...; an item's versions follow one another without gap or overlap; the last one is current."""
    assert [version[0] for version in versions] == list(range(1, len(versions) + 1))
    for item in {version[1] for version in versions}:
        history = sorted(version[2:4] for version in versions if version[1] == item)
        assert all(last is not None for _, last in history[:-1])
        assert history[-1][1] is None
        for (_, last), (following, _) in pairwise(history):
            assert last + timedelta(days=1) == following


def check_prices(versions: list[Row], feed: list[Delivery]) -> None:
    """Whatever the batches were: on each day an item has the price that was delivered last before it."""
    final = ItemHistory()
    final.deliver(feed)
    for item, prices in final.prices.items():
        for day in sorted(prices):
            valid = [
                price
                for _, name, first, last, price in versions
                if name == item and first <= day and (last is None or day <= last)
            ]
            assert valid == [prices[day]]
