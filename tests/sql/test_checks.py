"""checks.sql: every check passes after a load, and tells each fault that is put in, with its numbers."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.sql.checks import checks, run_checks
from tests.sql.sales import load
from tests.sql.warehouse import Warehouse

CHECKS = checks("checks.sql")
SEVERITIES = {check.name: "failed" if check.severity == "fail" else "warned" for check in CHECKS}

DAY, KEY = date(2026, 3, 3), 20260303
FACT = f"ss_sold_date_sk = {KEY} and ss_ticket_number = {KEY}52"  # two pieces at 5.99
AGAIN = "insert into {0} select * from {0} where {1}"

FAULTS: list[Any] = [
    (AGAIN.format("date_dim", f"d_date_sk = {KEY}"), "date_dim_keys", 0, 2),
    ("update date_dim set d_date = '2026-03-04' where d_date = '2026-03-05'", "date_dim_keys", 0, 1),
    (AGAIN.format("customer", "c_customer_sk in (7, 8)"), "customer_keys", 0, 4),
    ("update customer set c_customer_id = 'CUST0001' where c_customer_sk = 2", "customer_keys", 0, 1),
    ("update customer_address set ca_address_sk = 1 where ca_address_sk = 9", "customer_address_keys", 0, 1),
    (
        "update customer_address set ca_address_id = 'ADDR0001' where ca_address_sk > 0",
        "customer_address_keys",
        0,
        16,
    ),
    ("update item set i_item_sk = 5 where i_item_sk in (6, 7)", "item_keys", 0, 2),
    (
        "update item set i_rec_end_date = '2026-02-27' where i_item_id = 'ITEM0002' and i_rec_end_date is not null",
        "item_versions",
        15,
        14,
    ),
    (
        "update item set i_rec_end_date = null where i_item_id = 'ITEM0003'",
        "item_versions",
        15,
        13,
    ),
    ("update item set i_rec_end_date = '2030-01-01' where i_item_id = 'ITEM0005'", "item_versions", 15, 14),
    (AGAIN.format("store_sales", FACT), "store_sales_keys", 0, 1),
    (f"update store_sales set ss_customer_sk = 77 where {FACT}", "store_sales_orphans", 0, 1),
    (
        f"update store_sales set ss_item_sk = -5, ss_addr_sk = -6 where {FACT}",
        "store_sales_orphans",
        0,
        2,
    ),
    (f"update store_sales set ss_quantity = 3 where {FACT}", "store_sales_quantity", 39, 40),
    (
        f"update store_sales set ss_ext_sales_price = 0.01 where {FACT}",
        "store_sales_amount",
        Decimal("390.61"),
        Decimal("378.64"),
    ),
    ("delete from src_store_sales where ss_sold_date > '2026-02-28'", "source_freshness", 0, 3),
    ("delete from src_store_sales", "source_freshness", 0, 61),
    ("delete from src_store_sales", "store_sales_delivered", 1, 0),
    (
        "delete from store_sales where ss_sold_date_sk in (20260228, 20260301, 20260302); "
        "delete from store_sales_rejected where ss_sold_date in ('2026-02-28', '2026-03-02')",
        "missed_days",
        0,
        2,
    ),
]


@pytest.fixture(scope="module")
def days(loaded: Warehouse) -> Warehouse:
    """Five days of facts."""
    for day in (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), DAY):
        load(loaded, day)
    return loaded


def test_after_a_load_all_pass(days: Warehouse) -> None:
    found = run_checks(days, CHECKS, DAY)
    assert {name: found[name] for name in found if found[name].status != "passed"} == {}
    assert found.keys() == {check.name for check in CHECKS}


@pytest.mark.parametrize(("fault", "name", "expected", "actual"), FAULTS)
def test_a_fault_is_told(days: Warehouse, fault: str, name: str, expected: Any, actual: Any) -> None:
    found = run_checks(days, CHECKS, DAY, fault=fault)[name]
    assert found[:3] == (SEVERITIES[name], expected, actual)
    assert found.summary is not None
    assert found.summary.startswith(
        f"check {name} {SEVERITIES[name]} on 2026-03-03: expected {expected}, found {actual}"
    )


def test_a_day_without_sales_says_so(days: Warehouse) -> None:
    found = run_checks(days, CHECKS, DAY, fault=f"delete from src_store_sales where ss_sold_date = '{DAY}'")
    assert found["store_sales_delivered"].summary == (
        "check store_sales_delivered failed on 2026-03-03: expected 1, found 0. the source holds no sales of the day"
    )


def test_each_check_has_its_fault() -> None:
    assert {name for _, name, _, _ in FAULTS} == SEVERITIES.keys()
