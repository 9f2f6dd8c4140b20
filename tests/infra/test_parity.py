"""The flow and the state machine do the same: every table row for row, every check with its status."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from flows.sales import SALES
from flows.sales_data_pipeline import sales_data_pipeline
from tests.infra.machine import Machine
from tests.job_warehouse import Warehouse, warehouse
from tests.statements import finish

__all__ = ["warehouse"]

DAYS = [date(2026, 11, 22), date(2026, 11, 23)]


@pytest.fixture
def other(data_api: Any, database: str) -> Iterator[Warehouse]:
    """A second database, for the state machine."""
    name = f"{database}_machine"
    finish(data_api, f"create database {name}")
    yield Warehouse(data_api, name)
    finish(data_api, f"drop database {name}")


def rows(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables of the job, in an order that does not depend on who loaded them.

    The calendar and the sample's sources, which nothing loads after setup, are compared by their sums.
    """
    sums = {
        "date_dim": warehouse.tables()["date_dim"],
        "src_store_sales": warehouse.rows(
            "select count(*), count(distinct i_item_id), sum(ss_quantity), max(ss_sold_date) from src_store_sales"
        ),
    }
    loaded = [table for table in SALES.tables if table not in sums]
    return sums | {table: sorted(warehouse.rows(f"select * from {table}"), key=str) for table in loaded}


def test_both_leave_the_same_tables_and_make_the_same_checks(warehouse: Warehouse, other: Warehouse) -> None:
    machine = Machine(other.database)
    for day in DAYS:
        report: Any = asyncio.run(sales_data_pipeline(run_date=day))
        output = machine.succeed({"run_date": day.isoformat()})
        by_machine = dict(zip(output["checks"]["names"], output["checks"]["statuses"], strict=True))
        assert by_machine == {check.name: check.status for check in report.checks}
        assert len(by_machine) > 10
        assert rows(other) == rows(warehouse)
        assert other.count("store_sales") > 0
    machine.close()
