"""validate_sql_statement.sql: passes after a load, and tells what is wrong after each fault."""

from datetime import date

import pytest

from tests.sql.checks import checks, run_checks
from tests.sql.sales import load
from tests.sql.warehouse import Warehouse

ROWS, VERSIONS = "store_sales_rows", "store_sales_item_versions"
CHECKS = checks("validate_sql_statement.sql")


def statuses(warehouse: Warehouse, day: date) -> list[str]:
    """Those of the two checks."""
    found = run_checks(warehouse, CHECKS, day)
    return [found[name].status for name in (ROWS, VERSIONS)]


def check(warehouse: Warehouse, day: date, failed: str, expected: int, actual: int) -> None:
    """Check that exactly one check fails, with these numbers."""
    found = run_checks(warehouse, CHECKS, day)
    assert found.keys() == {ROWS, VERSIONS}
    told = f"check {failed} failed on {day}: expected {expected}, found {actual}"
    assert found.pop(failed) == ("failed", expected, actual, told)
    (other,) = found.values()
    assert other.status == "passed"
    assert other.summary is None


@pytest.mark.parametrize("day", [date(2016, 1, 1), date(2024, 2, 29), date(2026, 11, 22)])
def test_after_a_load_both_pass(loaded: Warehouse, day: date) -> None:
    load(loaded, day)
    facts = loaded.value(f"count(*) from store_sales where ss_sold_date_sk = {day:%Y%m%d}")
    assert run_checks(loaded, CHECKS, day) == {
        ROWS: ("passed", 16, 16, None),
        VERSIONS: ("passed", facts, facts, None),
    }


def test_a_lost_fact(loaded: Warehouse) -> None:
    day = date(2026, 3, 3)
    load(loaded, day)
    loaded.run("delete from store_sales where ss_sold_date_sk = 20260303 and ss_ticket_number = 2026030352")
    check(loaded, day, ROWS, 16, 15)


def test_a_lost_rejection(loaded: Warehouse) -> None:
    day = date(2026, 3, 4)
    load(loaded, day)
    loaded.run(
        "delete from store_sales_rejected where ss_sold_date = '2026-03-04' and reason = 'unknown item'"
    )
    check(loaded, day, ROWS, 16, 15)


def test_facts_that_are_there_twice(loaded: Warehouse) -> None:
    day = date(2026, 3, 5)
    load(loaded, day)
    facts = loaded.value("count(*) from store_sales where ss_sold_date_sk = 20260305")
    loaded.run("insert into store_sales select * from store_sales where ss_sold_date_sk = 20260305")
    check(loaded, day, ROWS, 16, 16 + facts)


def test_a_day_that_was_not_loaded(loaded: Warehouse) -> None:
    check(loaded, date(2026, 3, 7), ROWS, 16, 0)


@pytest.mark.parametrize(
    ("day", "wrong"),
    [
        (
            date(2026, 3, 8),
            "select i_item_sk from item where i_item_id = 'ITEM0002' and i_rec_end_date < '2026-03-01'",
        ),
        (
            date(2026, 3, 9),
            "select i_item_sk from item where i_item_id = 'ITEM0003' and i_rec_start_date > '2026-03-09'",
        ),
        (date(2026, 3, 10), "select 12345"),
    ],
    ids=["a version that had ended", "a version that had not begun", "no version at all"],
)
def test_a_fact_with_a_wrong_version(loaded: Warehouse, day: date, wrong: str) -> None:
    load(loaded, day)
    facts = loaded.value(f"count(*) from store_sales where ss_sold_date_sk = {day:%Y%m%d}")
    loaded.run(
        f"update store_sales set ss_item_sk = ({wrong})"
        f" where ss_sold_date_sk = {day:%Y%m%d} and mod(ss_ticket_number, 100) = 52"
    )
    check(loaded, day, VERSIONS, facts, facts - 1)


def test_a_version_that_was_split_after_the_load(loaded: Warehouse) -> None:
    """The load of the day is right again when it is run again."""
    day = date(2026, 3, 11)
    load(loaded, day)
    facts = loaded.value("count(*) from store_sales where ss_sold_date_sk = 20260311")
    loaded.run("insert into src_item values ('ITEM0001', '2026-03-11', 'Item number 1', 'Music', 6.49)")
    loaded.run("call sp_load_dim_item()")
    sold = loaded.value("count(*) from store_sales where ss_sold_date_sk = 20260311 and ss_item_sk = 1")
    check(loaded, day, VERSIONS, facts, facts - sold)
    load(loaded, day)
    assert statuses(loaded, day) == ["passed", "passed"]


def test_only_its_own_day_is_looked_at(loaded: Warehouse) -> None:
    good, bad = date(2026, 3, 12), date(2026, 3, 13)
    load(loaded, good)
    load(loaded, bad)
    loaded.run("delete from store_sales where ss_sold_date_sk = 20260313")
    assert statuses(loaded, good) == ["passed", "passed"]
    assert statuses(loaded, bad) == ["failed", "passed"]
