"""The same load several times at once: each waits for its turn or fails to serialize, and a rerun is right."""

import time
from collections.abc import Sequence
from datetime import date

import pytest

from tests.locks import locked
from tests.sql.sales import LOAD, Dimensions, found
from tests.sql.warehouse import TARGET, Warehouse

LOAD_ITEM = "call sp_load_dim_item()"
LOAD_ADDRESS = "call sp_load_dim_customer_address()"
Call = tuple[str, dict[str, str]]


def run_at_once(warehouse: Warehouse, table: str, calls: Sequence[Call]) -> None:
    """Have all calls under way before the first can end; run again what failed to serialize."""
    with locked(warehouse.data_api, {"Database": warehouse.database, **TARGET}, table):
        statements = [warehouse.submit(sql, **parameters) for sql, parameters in calls]
        wait_until_held_back(warehouse, len(statements))
    for statement, (sql, parameters) in zip(statements, calls, strict=True):
        ended = warehouse.wait(statement)
        if ended["Status"] != "FINISHED":
            assert "Serializable isolation violation" in ended["Error"]
            warehouse.run(sql, **parameters)


def wait_until_held_back(warehouse: Warehouse, number: int) -> None:
    """Until so many transactions wait for a table of the database."""
    waiting = "count(*) from pg_locks where not granted and locktype = 'relation'"
    for _ in range(3000):
        if warehouse.value(waiting) == number:
            return
        time.sleep(0.01)
    raise AssertionError(f"{warehouse.value(waiting)} of {number} calls are held back")


@pytest.mark.parametrize(
    "days",
    [["2027-01-01"] * 3, ["2027-02-01", "2027-02-02", "2027-02-03"], ["2027-03-01", "2027-03-02"] * 2],
    ids=["one day", "different days", "both"],
)
def test_fact_loads(loaded: Warehouse, days: list[str]) -> None:
    """Held back between their two tables, where the first to come has written its facts already."""
    run_at_once(loaded, "store_sales_rejected", [(LOAD, {"run_date": day}) for day in days])
    dimensions = Dimensions(loaded)
    for day in map(date.fromisoformat, set(days)):
        assert found(loaded, day) == dimensions.expected(loaded, day)


def test_item_loads(warehouse: Warehouse) -> None:
    """Many new items, so that loads without a lock would meet."""
    warehouse.run(
        "insert into src_item select 'NEW' || d_date_sk, d_date, 'New', 'Books', d_moy from date_dim"
    )
    run_at_once(warehouse, "item", [(LOAD_ITEM, {})] * 3)
    check_keys(warehouse, "item", "i_item_sk", "i_item_id, i_rec_start_date")
    assert warehouse.value("count(*) from item") == 15 + 7305


def test_address_loads(warehouse: Warehouse) -> None:
    warehouse.run(
        "insert into src_customer_address"
        " select 'NEW' || d_date_sk, d_date, '1', 'a', 'b', 'IL', '1', 'c' from date_dim"
    )
    run_at_once(warehouse, "customer_address", [(LOAD_ADDRESS, {})] * 3)
    check_keys(warehouse, "customer_address", "ca_address_sk", "ca_address_id")
    assert warehouse.value("count(*) from customer_address") == 18 + 7305


def test_both_dimensions_and_facts(empty: Warehouse) -> None:
    """Two runs of the whole pipeline that overlap as they like."""
    empty.run("call sp_setup_sales_data_pipeline()")
    calls: list[Call] = [(LOAD_ITEM, {}), (LOAD_ADDRESS, {}), (LOAD, {"run_date": "2026-11-22"})]
    for statement in [empty.submit(sql, **parameters) for sql, parameters in calls * 2]:
        assert empty.wait(statement)["Status"] in ("FINISHED", "FAILED")
    for sql, parameters in calls:
        empty.run(sql, **parameters)
    day = date(2026, 11, 22)
    assert found(empty, day) == Dimensions(empty).expected(empty, day)
    assert (empty.value("count(*) from item"), empty.value("count(*) from customer_address")) == (15, 18)


def check_keys(warehouse: Warehouse, table: str, surrogate_key: str, business_key: str) -> None:
    """Surrogate keys are 1, 2, 3 ..., and no business key is there twice."""
    keys = [
        key for (key,) in warehouse.rows(f"select {surrogate_key} from {table} where {surrogate_key} > 0")
    ]
    assert sorted(keys) == list(range(1, len(keys) + 1))
    assert (
        warehouse.rows(f"select {business_key} from {table} group by {business_key} having count(*) > 1")
        == []
    )
