"""What a task tries again, and what it does not."""

import asyncio
from collections import Counter
from datetime import date

import pytest

from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin
from prefect_redshift.exceptions import StatementFailedError
from tests.flows.test_sales_data_pipeline import STEPS
from tests.job_warehouse import Warehouse

DAY = date(2026, 11, 22)
CONFLICT = (
    "ERROR: 1023 DETAIL: Serializable isolation violation on table - 108263, transactions forming the cycle"
)


def executed(admin: Admin) -> Counter[str]:
    """How often the engine ran each step, whose batch counts as one."""
    first_parts = [
        run for run in admin.executions() if str(run["statement_id"]).partition(":")[2] in ("", "1")
    ]
    names = [str(run["statement_name"]).split("/") for run in first_parts]
    return Counter(name[2] for name in names if name[0] == "sales-data-pipeline")


def test_a_serialization_conflict_is_tried_again_as_a_new_attempt(warehouse: Warehouse, admin: Admin) -> None:
    asyncio.run(sales_data_pipeline(run_date=DAY))
    admin.clear_history()
    admin.add_fault("fail", message=CONFLICT, count=1)
    asyncio.run(sales_data_pipeline(run_date=DAY))
    assert warehouse.count("store_sales") == 14
    statuses = Counter(statement["Status"] for statement in warehouse.statements())
    assert statuses == Counter(FINISHED=2 * len(STEPS), FAILED=1)


def test_an_error_in_the_sql_is_not(warehouse: Warehouse, admin: Admin) -> None:
    admin.add_fault("fail", message="ERROR: permission denied for schema public", count=1)
    with pytest.raises(StatementFailedError, match="permission denied"):
        asyncio.run(sales_data_pipeline(run_date=DAY))
    assert [statement["Status"] for statement in warehouse.statements()] == ["FAILED"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_third_of_all_calls_failing_changes_nothing(warehouse: Warehouse, admin: Admin, seed: int) -> None:
    for place, kind in enumerate(("throttle", "server_error", "drop_before", "drop_after")):
        admin.add_fault(kind, probability=0.085, seed=10 * seed + place)
    report = asyncio.run(sales_data_pipeline(run_date=DAY))
    admin.clear_faults()
    assert all(check.passed for check in report.checks)
    assert executed(admin) == Counter(STEPS)
    assert warehouse.count("store_sales") == 14
