"""sp_load_fact_sales for a day that was loaded before, and when it fails."""

from datetime import date
from decimal import Decimal

from tests.sql.sales import LOAD, Dimensions, found, load
from tests.sql.warehouse import FACTS, Warehouse


def test_a_second_run_changes_nothing(loaded: Warehouse) -> None:
    day = date(2026, 11, 22)
    load(loaded, day)
    before = loaded.contents(*FACTS)
    load(loaded, day)
    assert loaded.contents(*FACTS) == before


def test_other_days_are_not_written(loaded: Warehouse) -> None:
    for day in (date(2026, 4, 1), date(2026, 4, 3)):
        load(loaded, day)
    before = {table: loaded.row_versions(table) for table in FACTS}
    load(loaded, date(2026, 4, 2))
    assert all(before[table] <= loaded.row_versions(table) for table in FACTS)


def test_a_changed_feed_replaces_the_day(loaded: Warehouse) -> None:
    day = date(2026, 5, 5)
    before = load(loaded, day)
    loaded.run("delete from src_store_sales where ss_sold_date = '2026-05-05' and ss_store_sk = 1")
    loaded.run(
        "update src_store_sales set ss_quantity = 40 where ss_sold_date = '2026-05-05' and ss_store_sk = 2"
    )
    loaded.insert("src_store_sales", [(day, 4, 1, "ITEM0001", "CUST0001", 1, Decimal("5.99"))])
    after = load(loaded, day)
    assert after == Dimensions(loaded).expected(loaded, day) != before
    assert {row[4] for row in after.facts} == {2, 3, 4}


def test_what_was_rejected_may_be_loaded_later(loaded: Warehouse) -> None:
    """And the rejection goes."""
    day = date(2026, 6, 6)
    before = load(loaded, day)
    loaded.insert("src_item", [("ITEM0099", "2026-06-01", "Known at last", "Books", Decimal("9.99"))])
    loaded.run("call sp_load_dim_item()")
    after = load(loaded, day)
    assert (len(after.facts), len(after.rejected)) == (len(before.facts) + 1, len(before.rejected) - 1)
    assert after == Dimensions(loaded).expected(loaded, day)


def test_a_split_version_moves_the_sales_of_its_days_once_they_are_run_again(loaded: Warehouse) -> None:
    day = date(2026, 7, 7)
    before = load(loaded, day)
    loaded.insert("src_item", [("ITEM0005", "2026-07-01", "Item number 5", "Music", Decimal("10.99"))])
    loaded.insert("src_store_sales", [(day, 1, 78, "ITEM0005", "CUST0001", 1, Decimal("9.99"))])
    loaded.run("call sp_load_dim_item()")
    assert found(loaded, day) == before
    assert load(loaded, day) == Dimensions(loaded).expected(loaded, day)


def test_a_customer_held_twice_is_an_error_and_changes_nothing(loaded: Warehouse) -> None:
    day = date(2026, 8, 8)
    loaded.insert("src_store_sales", [(day, 1, 79, "ITEM0001", "CUST0800", 1, Decimal("5.99"))])
    loaded.insert("customer", [(800, "CUST0800", 1, None, None)])
    before = load(loaded, day)
    loaded.insert("customer", [(801, "CUST0800", 2, None, None)])
    loaded.run("update src_store_sales set ss_quantity = 9 where ss_sold_date = '2026-08-08'")
    error = loaded.error(LOAD, run_date="2026-08-08")
    assert (
        "the 17 sales of 2026-08-08 became 18 when joined: item or customer holds a business key twice"
        in error
    )
    assert found(loaded, day) == before
    loaded.run("delete from customer where c_customer_sk = 801")
    assert load(loaded, day) == Dimensions(loaded).expected(loaded, day) != before


def test_overlapping_versions_are_an_error(loaded: Warehouse) -> None:
    day = date(2026, 9, 9)
    loaded.insert("src_store_sales", [(day, 1, 80, "ITEM0900", "CUST0001", 1, Decimal("5.99"))])
    before = load(loaded, day)
    loaded.insert("item", [(sk, "ITEM0900", day, None, "Twice", "Books", 1) for sk in (900, 901)])
    assert "the 17 sales of 2026-09-09 became 18 when joined" in loaded.error(LOAD, run_date="2026-09-09")
    assert found(loaded, day) == before
    loaded.run("delete from item where i_item_sk in (900, 901)")


def test_a_fact_that_does_not_fit_brings_the_deleted_ones_back(loaded: Warehouse) -> None:
    day = date(2026, 10, 10)
    before = load(loaded, day)
    loaded.run(
        "update src_store_sales set ss_quantity = 2000000000, ss_sales_price = 99999.99"
        " where ss_sold_date = '2026-10-10' and ss_store_sk = 3"
    )
    assert "overflow" in loaded.error(LOAD, run_date="2026-10-10")
    assert found(loaded, day) == before


def test_an_error_after_the_facts_were_replaced_brings_the_old_ones_back(loaded: Warehouse) -> None:
    day = date(2026, 11, 11)
    before = load(loaded, day)
    loaded.run("update src_store_sales set ss_quantity = 9 where ss_sold_date = '2026-11-11'")
    loaded.run("alter table store_sales_rejected rename to elsewhere")
    assert '"store_sales_rejected" does not exist' in loaded.error(LOAD, run_date="2026-11-11")
    loaded.run("alter table elsewhere rename to store_sales_rejected")
    assert found(loaded, day) == before
    assert not any(name.startswith("stage_") for name in loaded.tables())
    assert load(loaded, day) == Dimensions(loaded).expected(loaded, day) != before
