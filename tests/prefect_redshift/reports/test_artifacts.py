"""What a run leaves in Prefect's UI, read back from the server."""

import asyncio
import re
import shutil
from base64 import b64decode
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from prefect import flow

from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import StatementFailedError
from prefect_redshift.reports.artifacts import artifacts_of, publish
from prefect_redshift.reports.run_report import RunReport, StepReport
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER
from tests.server_records import artifacts, events

DAY = date(2026, 11, 22)


def scripts_where(folder: Path, statements: dict[str, str]) -> str:
    """Return the project's scripts, with other statements for some steps."""
    scripts = Path(shutil.copytree(PROJECT_FOLDER / "sql", folder / "sql"))
    text = (scripts / "steps.sql").read_text()
    for old, new in statements.items():
        assert old in text
        text = text.replace(old, new)
    (scripts / "steps.sql").write_text(text)
    return str(scripts)


def shown(found: dict[str, Any], kind: str) -> Any:
    return found[f"sales-data-pipeline-{kind}"]


def bars(timeline: str) -> dict[str, tuple[float, float]]:
    """From where to where the bar of each step reaches."""
    match = re.fullmatch(r"!\[timeline\]\(data:image/svg\+xml;base64,([\w+/=]+)\)", timeline)
    assert match is not None
    found = {}
    for rectangle in ElementTree.fromstring(b64decode(match[1])).iter("{http://www.w3.org/2000/svg}rect"):
        if title := rectangle.findtext("{http://www.w3.org/2000/svg}title"):
            left, width = float(rectangle.attrib["x"]), float(rectangle.attrib["width"])
            found[title.partition(":")[0]] = (left, left + width)
    return found


def test_a_run_shows_its_steps_timeline_checks_and_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    slower = {
        "call sp_load_dim_item();": "call sp_load_dim_item(); select pg_sleep(0.5);",
        "call sp_load_dim_customer_address();": "call sp_load_dim_customer_address(); select pg_sleep(0.5);",
    }
    report = asyncio.run(sales_data_pipeline(run_date=DAY, scripts=scripts_where(tmp_path, slower)))
    found = artifacts()
    assert found.keys() == {
        f"sales-data-pipeline-{kind}" for kind in ("summary", "steps", "timeline", "checks", "rows")
    }

    submitted = {s["Id"]: s for s in warehouse.statements()}
    assert [(row["step"], row["statement id"]) for row in shown(found, "steps")] == [
        (step.name, step.statement.id) for step in report.steps
    ]
    for row in shown(found, "steps"):
        assert row["statement name"] == submitted[row["statement id"]]["StatementName"]
        assert row["status"] == "FINISHED"
        assert float(row["queued (s)"]) >= 0
    ran = {row["step"]: float(row["ran (s)"]) for row in shown(found, "steps")}
    assert ran["LoadItemTable"] >= 0.5
    assert ran["LoadCustomerAddressTable"] >= 0.5

    bar = bars(shown(found, "timeline"))
    assert bar.keys() == ran.keys()
    item, address, facts = bar["LoadItemTable"], bar["LoadCustomerAddressTable"], bar["run_load_fact_sales"]
    assert max(item[0], address[0]) < min(item[1], address[1]), "the dimensions are not seen at once"
    assert facts[0] >= max(item[1], address[1])

    checks = {row["check"]: row for row in shown(found, "checks")}
    assert checks["store_sales_rows"] == {
        "check": "store_sales_rows",
        "run date": "2026-11-22",
        "expected": "16",
        "found": "16",
        "if unequal": "fail",
        "status": "passed",
        "summary": None,
    }
    assert checks["store_sales_amount"]["expected"] == "384.61"
    assert checks["missed_days"]["if unequal"] == "warn"

    assert [(row["step or table"], row["rows"]) for row in shown(found, "rows")] == [
        ("run_load_fact_sales", "14 inserted, 2 rejected"),
        ("customer_address", "18"),
        ("item", "15"),
    ]
    assert shown(found, "summary").startswith(
        "**Sales of 2026-11-22: loaded.**\n\n- 14 of 14 checks passed\n"
        "- run_load_fact_sales: 14 inserted, 2 rejected\n- rows: customer_address 18, item 15\n"
    )


def test_a_run_that_fails_shows_how_far_it_came(warehouse: Warehouse, tmp_path: Path) -> None:
    broken = {
        "call sp_load_dim_item();": "select 1 / (select count(*) from item where false);",
        "call sp_load_dim_customer_address();": "select pg_sleep(60);",
    }
    with pytest.raises(StatementFailedError):
        asyncio.run(sales_data_pipeline(run_date=DAY, scripts=scripts_where(tmp_path, broken)))
    found = artifacts()
    statuses = {row["step"]: row["status"] for row in shown(found, "steps")}
    assert statuses["setup_sales_data_pipeline"] == "FINISHED"
    assert statuses["LoadItemTable"] == "FAILED"
    assert "run_load_fact_sales" not in statuses
    assert bars(shown(found, "timeline")).keys() == statuses.keys()
    assert "sales-data-pipeline-rows" not in found
    assert re.match(
        r"\*\*Sales of 2026-11-22: failed\.\*\* .*LoadItemTable/1/\w{8} .* is FAILED: .*division by zero",
        shown(found, "summary"),
    )
    announced = events("redshift-data.statement.", lambda found: len(found) == 4)
    last = {event["resource"]["prefect.resource.name"].split("/")[2]: event["event"] for event in announced}
    assert last["LoadItemTable"] == "redshift-data.statement.failed"
    assert last["LoadCustomerAddressTable"] == "redshift-data.statement.aborted"


def test_a_run_that_never_reached_the_warehouse_has_a_summary(warehouse: Warehouse) -> None:
    with pytest.raises(Exception, match="Cannot read the script"):
        asyncio.run(sales_data_pipeline(run_date=DAY, scripts="nowhere"))
    (text,) = artifacts().values()
    assert text.startswith("**Sales of 2026-11-22: failed.** Cannot read the script nowhere/")


def test_an_artifact_that_is_refused_fails_no_run(
    prefect_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    @flow
    async def publishing() -> str:
        await publish(RunReport(name="Not A Key", title="Anything"))
        return "finished"

    assert asyncio.run(publishing()) == "finished"
    (told,) = [record for record in caplog.records if "artifacts were not written" in record.getMessage()]
    assert told.levelname == "WARNING"
    assert "must only contain lowercase letters" in told.getMessage()


def test_statement_ids_link_to_the_console_where_there_is_one() -> None:
    step = StepReport("run_load_fact_sales", Statement(id="id-1", status="FINISHED", redshift_query_id=7))
    url = "https://eu-central-1.console.aws.amazon.com/redshiftv2/home"
    _, steps, *_ = artifacts_of(RunReport(name="key", title="Sales", steps=[step], console=url))
    (row,) = steps.table  # type: ignore[attr-defined]
    assert row["statement id"] == f"[id-1]({url})"
    assert row["query"] == 7
