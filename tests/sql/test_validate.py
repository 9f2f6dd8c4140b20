"""validate_sql_statement.sql: passes after a load, and tells what is wrong after each fault."""

from datetime import date
from typing import Any

import pytest

from tests.sql.sales import load
from tests.sql.warehouse import Row, Warehouse, script

ROWS, VERSIONS = "store_sales_rows", "store_sales_item_versions"
CHECKS = dict(zip((ROWS, VERSIONS), script("validate_sql_statement.sql"), strict=True))


def report(warehouse: Warehouse, day: date) -> list[Row]:
    """Both checks' rows: name, date, expected, actual, status."""
    batch = warehouse.run(list(CHECKS.values()), run_date=day.isoformat(), on_failure="report")
    return [row for number in (1, 2) for row in warehouse.result(f"{batch}:{number}")]


def check(warehouse: Warehouse, day: date, failed: str, expected: int, actual: int) -> None:
    """That exactly one check fails, with these numbers, whichever way failures are told."""
    (other,) = CHECKS.keys() - {failed}
    reported = {row[0]: row for row in report(warehouse, day)}
    assert reported[failed] == (failed, day, expected, actual, "failed")
    assert reported[other][-1] == "passed"
    parameters = {"run_date": day.isoformat(), "on_failure": "raise"}
    text = f"validation {failed} failed on {day}: expected {expected}, found {actual}"
    assert text in warehouse.error(CHECKS[failed], **parameters)
    assert text in warehouse.error(list(CHECKS.values()), **parameters)
    assert warehouse.rows(CHECKS[other], **parameters) == [reported[other]]


@pytest.mark.parametrize("on_failure", ["report", "raise"])
@pytest.mark.parametrize("day", [date(2016, 1, 1), date(2024, 2, 29), date(2026, 11, 22)])
def test_after_a_load_both_pass(loaded: Warehouse, day: date, on_failure: str) -> None:
    load(loaded, day)
    facts = loaded.value(f"count(*) from store_sales where ss_sold_date_sk = {day:%Y%m%d}")
    expected = {ROWS: (day, 16, 16, "passed"), VERSIONS: (day, facts, facts, "passed")}
    for name, statement in CHECKS.items():
        rows = loaded.rows(statement, run_date=day.isoformat(), on_failure=on_failure)
        assert rows == [(name, *expected[name])]


def test_the_columns_are_those_of_the_contract(loaded: Warehouse) -> None:
    for statement in CHECKS.values():
        ended = loaded.run(statement, run_date="2026-11-22", on_failure="report")
        result: dict[str, Any] = loaded.data_api.get_statement_result(Id=ended)
        columns = [(column["name"], column["typeName"]) for column in result["ColumnMetadata"]]
        assert columns == [
            ("check_name", "varchar"),
            ("run_date", "date"),
            ("expected", "int8"),
            ("actual", "int8"),
            ("status", "varchar"),
        ]


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


def test_a_day_without_sales(loaded: Warehouse) -> None:
    """Nothing delivered and nothing loaded is equal, but no day's sales are none."""
    day = date(2026, 3, 6)
    loaded.run("delete from src_store_sales where ss_sold_date = '2026-03-06'")
    load(loaded, day)
    check(loaded, day, ROWS, 0, 0)


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
    assert [row[-1] for row in report(loaded, day)] == ["passed", "passed"]


def test_only_its_own_day_is_looked_at(loaded: Warehouse) -> None:
    good, bad = date(2026, 3, 12), date(2026, 3, 13)
    load(loaded, good)
    load(loaded, bad)
    loaded.run("delete from store_sales where ss_sold_date_sk = 20260313")
    assert [row[-1] for row in report(loaded, good)] == ["passed", "passed"]
    assert [row[-1] for row in report(loaded, bad)] == ["failed", "passed"]
