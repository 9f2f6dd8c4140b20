"""A job's checks: how they are written, what their one statement returns, and what they do to a run."""

import asyncio
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.check_results import ValidationFailedError
from prefect_redshift.pipeline.checks import MAX_SUITE_BYTES, Check, CheckSuite, checks_of
from prefect_redshift.pipeline.script_text import parts_of
from prefect_redshift.reports.run_report import RunReport
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER
from tests.server_records import events

DAY = date(2026, 11, 22)
ONE = "select 1 as expected, 1 as actual"


def parsed(text: str, *, for_a_day: bool = True) -> list[Check]:
    return checks_of(parts_of(text, "check", "checks.sql"), "checks.sql", for_a_day=for_a_day)


def test_a_check_has_a_name_a_severity_and_one_query() -> None:
    text = f"-- Anything.\n-- check: one (fail)\n-- why\n{ONE};\n--check:two(warn)\n{ONE}"
    assert parsed(text) == [Check("one", "fail", f"-- why\n{ONE}"), Check("two", "warn", ONE)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"-- check: mine\n{ONE}", "`-- check: mine` is not of the form"),
        (f"-- check: mine (error)\n{ONE}", r"`-- check: mine \(error\)` is not of the form"),
        (f"-- check: my check (fail)\n{ONE}", r"`-- check: my check \(fail\)` is not of the form"),
        (f"-- check: a (fail)\n{ONE};\n-- check: a (fail)\n{ONE}", r"`-- check: a \(fail\)` comes twice"),
        (f"-- check: a (fail)\n{ONE};\n-- check b (fail)\n{ONE}", "check a: it has 2 statements"),
        (f"-- check: a (fail)\n-- check: b (fail)\n{ONE}", r"check a \(fail\): There is no statement"),
        (f"{ONE};\n-- check: a (fail)\n{ONE}", "a statement stands before the first line"),
        (f"'open\n-- check: a (fail)\n{ONE}", "line 1 has no end"),
        ("-- None is there.", "each check begins with a line"),
        ("-- check: a (fail)\nselect 1 as expected", "and has no actual"),
        ("-- check: a (fail)\nselect 'actual' as expected", "and has no actual"),
        (f"-- check: a (fail)\n{ONE} where :day = 1", "nobody gives it a value for :day"),
    ],
)
def test_what_is_not_a_check_gets_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=rf"^checks\.sql.*{message}") as refused:
        parsed(text)
    assert "\n" not in str(refused.value)


def test_a_job_without_days_gives_no_day() -> None:
    with pytest.raises(ScriptError, match="nobody gives it a value for :run_date"):
        parsed(f"-- check: a (fail)\n{ONE} where :run_date = 1", for_a_day=False)


def test_a_suite_is_divided_before_it_passes_the_limit() -> None:
    checks = [Check(f"number_{n}", "fail", f"{ONE} -- {'x' * 5_000}") for n in range(40)]
    statements = CheckSuite(checks).statements()
    assert len(statements) == 3
    assert all(len(sql.encode()) <= MAX_SUITE_BYTES + 2_000 for sql in statements)
    assert sum(sql.count("as check_name, cast") for sql in statements) == 40


def scripts_with(folder: Path, checks: str) -> str:
    """Return the project's scripts with other checks."""
    scripts = Path(shutil.copytree(PROJECT_FOLDER / "sql", folder / "sql"))
    (scripts / "checks.sql").write_text(checks)
    return str(scripts)


def run(scripts: str) -> RunReport:
    report: RunReport = asyncio.run(sales_data_pipeline(run_date=DAY, scripts=scripts))
    return report


def announced(outcome: str) -> str:
    """Return the message of the one event that tells of the validation."""
    (event,) = events("sales-data-pipeline.validation.", lambda found: len(found) == 1)
    assert event["event"] == f"sales-data-pipeline.validation.{outcome}"
    assert event["payload"]["run_date"] == "2026-11-22"
    return str(event["payload"]["message"])


FACTS = "(select count(*) from store_sales)"


def test_a_warning_is_told_and_a_failure_fails_the_run_naming_all(
    warehouse: Warehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    warned = f"-- check: warned (warn)\nselect 15 as expected, {FACTS} as actual, 'as it is' as message;\n"
    report = run(scripts_with(tmp_path / "warned", warned))
    assert [(c.name, c.expected, c.actual, c.status) for c in report.checks] == [
        ("warned", Decimal(15), Decimal(14), "warned"),
        ("store_sales_item_versions", Decimal(14), Decimal(14), "passed"),
        ("store_sales_rows", Decimal(16), Decimal(16), "passed"),
    ]
    told = "check warned warned on 2026-11-22: expected 15, found 14. as it is"
    assert [(r.levelname, r.getMessage()) for r in caplog.records if "check warned" in r.getMessage()][
        :1
    ] == [("WARNING", told)]
    assert announced("warned") == told

    failed = f"-- check: one (fail)\nselect 1.5 as expected, {FACTS} as actual;\n"
    passed = "-- check: right (fail)\nselect 2 as expected, cast(2 as decimal(9, 2)) as actual;\n"
    other = "-- check: other (fail)\nselect extract(year from cast(:run_date as date)) as actual, 7 as expected;\n"
    with pytest.raises(ValidationFailedError) as failure:
        run(scripts_with(tmp_path / "failed", warned + failed + passed + other))
    assert str(failure.value).startswith(
        "check one failed on 2026-11-22: expected 1.5, found 14; "
        "check other failed on 2026-11-22: expected 7, found 2026. "
    )
    assert len(failure.value.report.checks) == 6
    assert "check other failed on 2026-11-22: expected 7, found 2026" in announced("failed")


@pytest.mark.parametrize(
    ("sql", "summary"),
    [
        ("select 1 as expected, null as actual", "returned 1 rows, or NULL"),
        ("select 1 as expected, 1 as actual where false", "returned 0 rows, or NULL"),
        ("select 1 as expected, i_item_sk as actual from item", "returned 15 rows, or NULL"),
    ],
)
def test_a_check_that_says_nothing_is_told_by_its_name(
    warehouse: Warehouse, tmp_path: Path, sql: str, summary: str
) -> None:
    with pytest.raises(ValidationFailedError, match=rf"check mine on 2026-11-22 {summary}"):
        run(scripts_with(tmp_path, f"-- check: mine (fail)\n{sql};"))


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select 1 as expected, nowhere as actual from item", "nowhere"),
        ("select 'text' as expected, 1 as actual", "text"),
        ("select 1 / (select 0 from item limit 1) as expected, 1 as actual", "division by zero"),
        (
            "select count(*) as expected, max(actual) as actual from (select 1 as actual) x group by 1 / 0",
            "zero",
        ),
    ],
)
def test_a_check_that_cannot_run_is_named_with_the_engines_words_and_the_others_are_told(
    warehouse: Warehouse, tmp_path: Path, sql: str, words: str
) -> None:
    text = f"-- check: mine (fail)\n{sql};\n-- check: right (fail)\n{ONE};"
    with pytest.raises(
        ValidationFailedError, match=rf"check mine failed as a statement: .*{words}"
    ) as failure:
        run(scripts_with(tmp_path, text))
    statuses = {check.name: check.status for check in failure.value.report.checks}
    assert statuses == {
        "mine": "failed",
        "right": "passed",
        "store_sales_rows": "passed",
        "store_sales_item_versions": "passed",
    }


def test_numbers_are_told_as_they_were_written(warehouse: Warehouse, tmp_path: Path) -> None:
    numbers = "-- check: small (warn)\nselect 0.25 as expected, 10 as actual;\n"
    (check, *_) = run(scripts_with(tmp_path, numbers)).checks
    assert (check.expected, check.actual) == (Decimal("0.25"), Decimal(10))
    assert str(check.actual) == "10"
    assert str(check) == "check small warned on 2026-11-22: expected 0.25, found 10"
