"""The whole job, on the real stand-in and a real Prefect server: what the five tables hold after it."""

import asyncio
import logging
import re
import shutil
from datetime import date
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

import boto3
import pytest
from prefect import get_client
from prefect.client.schemas.sorting import LogSort

from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin
from prefect_redshift.exceptions import ScriptError, StatementFailedError
from prefect_redshift.pipeline.check_results import ValidationFailedError
from prefect_redshift.reports.run_report import RunReport
from tests.job_warehouse import TABLES, Warehouse
from tests.project import PROJECT_FOLDER

DAY = date(2026, 11, 22)
NEXT_DAY = date(2026, 11, 23)
STEPS = [
    "run_sp_deploy_redshift",
    "setup_sales_data_pipeline",
    "LoadItemTable",
    "LoadCustomerAddressTable",
    "run_load_fact_sales",
    "run_validate_sql_statement",
]
CHECKS = {
    name
    for script in ("validate_sql_statement.sql", "checks.sql")
    for name in re.findall(r"^-- check: (\w+)", (PROJECT_FOLDER / "sql" / script).read_text(), re.MULTILINE)
}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of the project's scripts, to be changed."""
    return Path(shutil.copytree(PROJECT_FOLDER / "sql", tmp_path / "sql"))


def run(**parameters: Any) -> RunReport:
    report: RunReport = asyncio.run(sales_data_pipeline(**parameters))
    return report


def replace(script: Path, old: str, new: str) -> None:
    text = script.read_text()
    assert old in text
    script.write_text(text.replace(old, new))


def test_first_run_then_the_same_again_then_the_next_day(warehouse: Warehouse) -> None:
    report = run(run_date=DAY)

    assert [step.name for step in report.steps] == STEPS
    assert {step.statement.status for step in report.steps} == {"FINISHED"}
    assert [(step.name, step.changed) for step in report.steps if step.changed] == [
        ("LoadItemTable", "5 inserted, 3 updated"),
        ("LoadCustomerAddressTable", "2 inserted, 2 updated"),
        ("run_load_fact_sales", "14 inserted, 2 rejected"),
    ]
    found = {check.name: (check.expected, check.actual) for check in report.checks}
    assert found["store_sales_rows"] == (Decimal(16), Decimal(16))
    assert found["store_sales_item_versions"] == (Decimal(14), Decimal(14))
    assert found.keys() == CHECKS
    assert {check.status for check in report.checks} == {"passed"}
    first = warehouse.tables()
    assert {table: len(rows) for table, rows in first.items()} == {
        "customer": 21,
        "customer_address": 18,
        "date_dim": 1,
        "item": 15,
        "store_sales": 14,
    }
    assert first["date_dim"][0][:2] == (7305, 7305)
    assert {row[0] for row in first["store_sales"]} == {20261122}
    assert warehouse.count("store_sales_rejected") == 2

    run(run_date=DAY)
    assert warehouse.tables() == first

    run(run_date=NEXT_DAY)
    after = warehouse.tables()
    dimensions = [table for table in TABLES if table != "store_sales"]
    assert {table: after[table] for table in dimensions} == {table: first[table] for table in dimensions}
    assert [row for row in after["store_sales"] if row[0] == 20261122] == first["store_sales"]
    assert warehouse.rows("select distinct ss_sold_date_sk from store_sales order by 1") == [
        (20261122,),
        (20261123,),
    ]


def test_dimensions_run_at_once_and_facts_only_after_both(warehouse: Warehouse, scripts: Path) -> None:
    for procedure in ("item", "customer_address"):
        replace(
            scripts / "steps.sql", f"call sp_load_dim_{procedure}();", f"select pg_sleep(1), '{procedure}';"
        )
    report = run(run_date=DAY, scripts=str(scripts))

    item, address, facts = (report.steps[STEPS.index(name)].statement for name in STEPS[2:5])
    submitted, ended = attrgetter("created_at"), attrgetter("updated_at")
    assert submitted(item) < ended(address)
    assert submitted(address) < ended(item)
    assert submitted(facts) >= max(ended(item), ended(address))


def test_one_dimension_failing_cancels_the_other_and_the_facts_never_start(
    warehouse: Warehouse, scripts: Path
) -> None:
    replace(
        scripts / "steps.sql",
        "call sp_load_dim_item();",
        "select 1 / (select count(*) from item where false);",
    )
    replace(scripts / "steps.sql", "call sp_load_dim_customer_address();", "select pg_sleep(60);")

    with pytest.raises(StatementFailedError, match=r"LoadItemTable/1/\w{8} .* is FAILED: .*division by zero"):
        run(run_date=DAY, scripts=str(scripts))

    by_step = {s["StatementName"].split("/")[2]: s["Status"] for s in warehouse.statements()}
    assert by_step["LoadItemTable"] == "FAILED"
    assert by_step["LoadCustomerAddressTable"] == "ABORTED"
    assert "run_load_fact_sales" not in by_step
    assert warehouse.count("store_sales") == 0
    # Said on a thread, where the run's settings have to be known: else Prefect starts a server of its own for it.
    (cancelled,) = (
        s["Id"] for s in warehouse.statements() if "/LoadCustomerAddressTable/" in s["StatementName"]
    )
    assert f"Cancelled ({cancelled}): it ended ABORTED" in logged()


def logged() -> list[str]:
    """Return what the server has of the run's log."""
    for handler in logging.getLogger("prefect.flow_runs").handlers:
        handler.flush()

    async def read() -> list[str]:
        async with get_client() as client:
            return [log.message for log in await client.read_logs(limit=100, sort=LogSort.TIMESTAMP_DESC)]

    return asyncio.run(read())


def test_a_failure_in_the_middle_then_a_plain_rerun(warehouse: Warehouse, scripts: Path) -> None:
    run(run_date=DAY)
    undisturbed = warehouse.tables()
    run(run_date=NEXT_DAY, setup="always")

    broken = "insert into store_sales\n    select to_char"
    replace(scripts / "sp_statements.sql", broken, "perform 1 / (staged - delivered);\n    " + broken)
    with pytest.raises(StatementFailedError, match="division by zero"):
        run(run_date=DAY, scripts=str(scripts))
    assert warehouse.rows("select distinct ss_sold_date_sk from store_sales") == [(20261123,)]

    run(run_date=DAY)
    tables = warehouse.tables()
    tables["store_sales"] = [row for row in tables["store_sales"] if row[0] == 20261122]
    assert tables == undisturbed


def test_setup_always_starts_over_and_never_touches_nothing(warehouse: Warehouse) -> None:
    with pytest.raises(StatementFailedError, match="date_dim"):
        run(run_date=DAY, setup="never")
    assert not warehouse.has_table("store_sales")

    run(run_date=DAY)
    run(run_date=NEXT_DAY, setup="never")
    assert warehouse.count("store_sales") == 28
    run(run_date=NEXT_DAY, setup="always")
    assert warehouse.rows("select distinct ss_sold_date_sk from store_sales") == [(20261123,)]


@pytest.mark.parametrize("setup", ["if_missing", "always", "never"])
def test_a_date_outside_the_calendar_changes_nothing(warehouse: Warehouse, setup: str) -> None:
    run(run_date=DAY)
    before = warehouse.tables()
    with pytest.raises(
        StatementFailedError,
        match=r"run date 1999-01-01 is outside the calendar \(date_dim holds 2016-01-01 to 2035-12-31\)",
    ):
        run(run_date=date(1999, 1, 1), setup=setup)
    assert warehouse.tables() == before


def test_a_failed_validation_says_which_when_and_by_how_much(warehouse: Warehouse, scripts: Path) -> None:
    replace(
        scripts / "sp_statements.sql", "and copy_number = 1;\n", "and copy_number = 1 and ss_store_sk <> 2;\n"
    )
    with pytest.raises(ValidationFailedError) as failure:
        run(run_date=DAY, scripts=str(scripts))
    assert "check store_sales_rows failed on 2026-11-22: expected 16, found 11" in str(failure.value)
    assert [check.name for check in failure.value.report.failed] == [
        "store_sales_amount",
        "store_sales_quantity",
        "store_sales_rows",
    ]


def test_a_day_of_which_nothing_was_delivered_says_so(warehouse: Warehouse) -> None:
    run(run_date=DAY)
    warehouse.run("delete from src_store_sales where ss_sold_date = '2026-11-23'")
    with pytest.raises(ValidationFailedError) as failure:
        run(run_date=NEXT_DAY)
    assert str(failure.value).startswith(
        "check store_sales_delivered failed on 2026-11-23: expected 1, found 0. the source holds no sales of the day. "
    )


def test_a_run_costs_at_most_fourteen_calls(warehouse: Warehouse, admin: Admin) -> None:
    run(run_date=DAY)
    admin.clear_history()
    report = run(run_date=NEXT_DAY)
    assert len(admin.calls()) <= 14
    # What the reports show of a statement is read beside the next step, for the loads and the validation.
    described = {step.name for step in report.steps if step.statement.is_described}
    assert described == set(STEPS[2:])
    assert all(step.statement.seconds > 0 for step in report.steps)


def test_what_waits_for_the_warehouse_one_call_after_the_other(
    warehouse: Warehouse, admin: Admin, scripts: Path
) -> None:
    with (scripts / "checks.sql").open("a") as checks:
        checks.write(
            "\n-- check: slow (warn)\nselect 1 as expected, 1 as actual from (select pg_sleep(0.5)) s;\n"
        )
    report = run(run_date=DAY, scripts=str(scripts))
    calls = admin.calls()
    submitted = [call for call in calls if "Execute" in call["operation"]]
    # Each step by one call, which is answered at its end; only the result of the checks is asked for by another one.
    assert [call["wait_seconds"] for call in submitted] == [10, 10, 10, 10, 10, None]
    loaded, validated = submitted[-2], submitted[-1]["statement_id"]
    others = [call for call in calls if call not in submitted]
    assert all(call["started_at"] >= loaded["ended_at"] for call in others)
    # And that one is on its way before the checks have ended.
    (checked,) = [run for run in admin.executions() if run["statement_id"] == validated]
    asked = [call for call in others if call["statement_id"] == validated]
    assert sorted(call["operation"] for call in asked) == ["DescribeStatement", "GetStatementResult"]
    assert all(call["started_at"] < checked["ended_at"] for call in asked)
    assert len(report.checks) == len(CHECKS) + 1


def test_a_run_in_a_schema_of_its_own(warehouse: Warehouse) -> None:
    warehouse.run("create schema team")
    run(run_date=DAY, schema_name="team")
    assert warehouse.rows(
        "select distinct table_schema from svv_tables where table_name like '%store_sales%'"
    ) == [("team",)]
    assert warehouse.count("team.store_sales") == 14
    run(run_date=DAY, schema_name="team", setup="always")
    assert warehouse.count("team.store_sales") == 14


def test_scripts_from_s3(warehouse: Warehouse) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="etl-scripts")
    for script in (PROJECT_FOLDER / "sql").iterdir():
        s3.upload_file(str(script), "etl-scripts", f"sales/{script.name}")
    run(run_date=DAY, scripts="s3://etl-scripts/sales")
    assert warehouse.count("store_sales") == 14

    with pytest.raises(ScriptError, match=r"Cannot read the script s3://etl-scripts/nowhere/\w+.sql"):
        run(run_date=DAY, scripts="s3://etl-scripts/nowhere")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("validate_sql_statement.sql", None, "No such file"),
        ("validate_sql_statement.sql", b"-- nothing here\n", "each check begins with a line"),
        ("sp_statements.sql", b"select 'unended", "in line 1 has no end"),
        ("sp_statements.sql", b"\xff\xfe", "is not UTF-8 text"),
        ("sp_statements.sql", b"select 1;\n" * 41, "takes 40 statements at a time, these are 41"),
        ("sp_statements.sql", b"select '" + b"x" * 100_001 + b"';", "takes statements of 100,000 bytes"),
        ("steps.sql", b"select 1;", "a statement stands before the first line `-- step:"),
        ("checks.sql", None, "No such file"),
        ("checks.sql", b"-- check: mine (error)\nselect 1", r"`-- check: mine \(error\)` is not of the form"),
        ("checks.sql", b"-- check: mine (fail)\nselect 1;\nselect 2", "it has 2 statements; a check is one"),
    ],
)
def test_a_bad_script_stops_the_run_before_it_touches_the_warehouse(
    warehouse: Warehouse, scripts: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is None:
        (scripts / name).unlink()
    else:
        (scripts / name).write_bytes(content)
    with pytest.raises(ScriptError, match=message):
        run(run_date=DAY, scripts=str(scripts))
    assert warehouse.statements() == []
