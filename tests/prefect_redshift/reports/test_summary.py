"""A run in a few lines."""

from dataclasses import replace
from datetime import date

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.pipeline.validation import Validation
from prefect_redshift.reports.report import RunReport, Step
from prefect_redshift.reports.summary import summary

DAY = date(2026, 11, 22)
LOADED = RunReport(
    DAY,
    steps=[
        Step("LoadItemTable", Statement(id="1", status="FINISHED", seconds=1.5)),
        Step("run_load_fact_sales", Statement(id="2", status="FINISHED", seconds=2.25)),
    ],
    validations=[
        Validation("rows", DAY, 16, 16, "passed"),
        Validation("freshness", DAY, 0, 3, "warned", "warn"),
    ],
    rows_before={"item": 15, "store_sales": 12_000},
    rows_after={"item": 15, "store_sales": 11_990},
)


def test_a_load() -> None:
    assert summary(LOADED) == (
        "**Sales of 2026-11-22: loaded.**\n"
        "\n"
        "- 1 of 2 validations passed\n"
        "- validation freshness warned on 2026-11-22: expected 0, found 3\n"
        "- store_sales: 11,990 rows (-10)\n"
        "- as many rows as before: item\n"
        "- 2 statements, 3.75 s of run time; longest: run_load_fact_sales, 2.25 s\n"
    )


def test_a_failure_says_why_and_not_at_length() -> None:
    failed = replace(LOADED, failure="it is broken " * 100, rows_after={}, validations=())
    first, _, *lines = summary(failed).splitlines()
    assert first.startswith("**Sales of 2026-11-22: failed.** it is broken it is broken")
    assert len(first) < 450
    assert lines == ["- 2 statements, 3.75 s of run time; longest: run_load_fact_sales, 2.25 s"]


def test_where_rows_were_not_counted_before() -> None:
    assert "- item: 15 rows\n- store_sales: 11,990 rows\n" in summary(replace(LOADED, rows_before={}))
