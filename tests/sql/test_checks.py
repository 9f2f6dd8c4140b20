"""checks.sql: every check passes after a load, and tells each fault that is put in, with its numbers."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from prefect_redshift.pipeline.checks import checks_of
from prefect_redshift.pipeline.scripts import parts_of
from tests.sql.sales import load
from tests.sql.warehouse import SQL, Row, Warehouse

TEXT = (SQL / "checks.sql").read_text()
CHECKS = {check.name: check for check in checks_of(parts_of(TEXT, "check", "checks.sql"), "checks.sql")}

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
    ("delete from src_store_sales", "source_freshness", 0, 9999),
    (
        "delete from store_sales where ss_sold_date_sk in (20260228, 20260301, 20260302); "
        "delete from store_sales_rejected where ss_sold_date in ('2026-02-28', '2026-03-02')",
        "missed_days",
        0,
        2,
    ),
]


def found(warehouse: Warehouse, fault: str = "") -> dict[str, Row]:
    """Expected and actual of each check of the day, after a fault that is rolled back again."""
    checks = [check.sql for check in CHECKS.values()]
    batch = warehouse.run(
        ["begin", *([fault] if fault else []), *checks, "rollback"], run_date=DAY.isoformat()
    )
    first = 3 if fault else 2
    return {name: warehouse.result(f"{batch}:{number}")[0] for number, name in enumerate(CHECKS, start=first)}


@pytest.fixture(scope="module")
def days(loaded: Warehouse) -> Warehouse:
    """Five days of facts."""
    for day in (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), DAY):
        load(loaded, day)
    return loaded


def test_after_a_load_all_pass(days: Warehouse) -> None:
    assert {name: row for name, row in found(days).items() if row[0] != row[1]} == {}


@pytest.mark.parametrize(("fault", "name", "expected", "actual"), FAULTS)
def test_a_fault_is_told(days: Warehouse, fault: str, name: str, expected: Any, actual: Any) -> None:
    rows = found(days, fault)
    assert rows[name] == (expected, actual)


def test_each_check_has_its_fault() -> None:
    assert {name for _, name, _, _ in FAULTS} == CHECKS.keys()
