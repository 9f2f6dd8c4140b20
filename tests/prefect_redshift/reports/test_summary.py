"""A run in a few lines."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.pipeline.check_results import CheckResult
from prefect_redshift.reports.run_report import RunReport, StepReport
from prefect_redshift.reports.summary import summary

LOADED = RunReport(
    name="sales-data-pipeline",
    title="Sales",
    run_date=date(2026, 11, 22),
    steps=[
        StepReport(
            "LoadItemTable",
            Statement(id="1", status="FINISHED", seconds=1.5),
            {"rows_inserted": 1_500, "rows_updated": 0},
        ),
        StepReport("run_load_fact_sales", Statement(id="2", status="FINISHED", seconds=2.25)),
    ],
    checks=[
        CheckResult(name="rows", severity="fail", status="passed", expected=Decimal(16), actual=Decimal(16)),
        CheckResult(
            name="freshness",
            severity="warn",
            status="warned",
            summary="check freshness warned on 2026-11-22: expected 0, found 3",
        ),
    ],
    row_counts={"item": 12_015},
)


def test_a_load() -> None:
    assert summary(LOADED) == (
        "**Sales of 2026-11-22: loaded.**\n"
        "\n"
        "- 1 of 2 checks passed\n"
        "- check freshness warned on 2026-11-22: expected 0, found 3\n"
        "- LoadItemTable: 1,500 inserted, 0 updated\n"
        "- rows: item 12,015\n"
        "- 2 statements, 3.75 s of run time; longest: run_load_fact_sales, 2.25 s\n"
    )


def test_a_failure_says_why_and_not_at_length() -> None:
    failed = replace(LOADED, failure="it is broken " * 100, row_counts={}, checks=(), steps=LOADED.steps[1:])
    first, _, *lines = summary(failed).splitlines()
    assert first.startswith("**Sales of 2026-11-22: failed.** it is broken it is broken")
    assert len(first) < 450
    assert lines == ["- 1 statements, 2.25 s of run time; longest: run_load_fact_sales, 2.25 s"]


def test_a_job_without_days() -> None:
    assert summary(replace(LOADED, run_date=None)).startswith("**Sales: loaded.**")
