"""A user's own checks: how they are written, what they may return, and what they do to a run."""

import asyncio
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.exceptions import ScriptError, StatementFailedError
from prefect_redshift.pipeline.checks import Check, Validations, checks_of
from prefect_redshift.pipeline.scripts import PROJECT_FOLDER, parts_of
from prefect_redshift.pipeline.validation import ValidationFailedError
from prefect_redshift.reports.report import RunReport
from tests.flows.runs import events
from tests.flows.warehouse import Warehouse

DAY = date(2026, 11, 22)


def parsed(text: str) -> list[Check]:
    return checks_of(parts_of(text, "check", "checks.sql"), "checks.sql")


def test_a_check_has_a_name_a_severity_and_one_statement() -> None:
    assert parsed("-- Anything.\n-- check: one (fail)\n-- why\nselect 1;\n--check:two(warn)\nselect 2") == [
        Check("one", "fail", "-- check one\n-- why\nselect 1"),
        Check("two", "warn", "-- check two\nselect 2"),
    ]
    assert parsed("-- None is needed.") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- check: mine\nselect 1", "`-- check: mine` is not of the form"),
        ("-- check: mine (error)\nselect 1", r"`-- check: mine \(error\)` is not of the form"),
        ("-- check: my check (fail)\nselect 1", r"`-- check: my check \(fail\)` is not of the form"),
        (
            "-- check: a (fail)\nselect 1;\n-- check: a (fail)\nselect 2",
            r"`-- check: a \(fail\)` comes twice",
        ),
        ("-- check: a (fail)\nselect 1;\n-- check: a (warn)\nselect 2", "the check a comes twice"),
        ("-- check: a (fail)\nselect 1;\n-- check b (fail)\nselect 2", "check a: it has 2 statements"),
        ("-- check: a (fail)\n-- check: b (fail)\nselect 2", r"check a \(fail\): There is no statement"),
        ("select 1;\n-- check: a (fail)\nselect 2", "a statement stands before the first line"),
        ("'open\n-- check: a (fail)\nselect 2", "line 1 has no end"),
    ],
)
def test_what_is_no_check_gets_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=rf"^checks\.sql.*{message}") as refused:
        parsed(text)
    assert "\n" not in str(refused.value)


def test_more_than_one_batch_takes() -> None:
    checks = parsed("".join(f"-- check: number_{n} (fail)\nselect {n};\n" for n in range(38)))
    with pytest.raises(ScriptError, match="At most 39 validations run as one batch, these are 40"):
        Validations(["select 1", "select 2"], checks)


def scripts_with(folder: Path, checks: str) -> str:
    """The project's scripts with other checks."""
    scripts = Path(shutil.copytree(PROJECT_FOLDER / "sql", folder / "sql"))
    (scripts / "checks.sql").write_text(checks)
    return str(scripts)


def run(scripts: str) -> RunReport:
    report: RunReport = asyncio.run(sales_data_pipeline(run_date=DAY, scripts=scripts))
    return report


def announced(outcome: str) -> str:
    """The message of the one event that tells of the validation."""
    (event,) = events("sales-data-pipeline.validation.", lambda found: len(found) == 1)
    assert event["event"] == f"sales-data-pipeline.validation.{outcome}"
    assert event["payload"]["run_date"] == "2026-11-22"
    return str(event["payload"]["message"])


FACTS = "(select count(*) from store_sales)"


def test_a_warning_is_told_and_a_failure_fails_the_run_naming_all(
    warehouse: Warehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    warned = f"-- check: warned (warn)\nselect 15 as expected, {FACTS} as actual;\n"
    report = run(scripts_with(tmp_path / "warned", warned))
    assert [(v.check_name, v.expected, v.actual, v.status) for v in report.validations[2:]] == [
        ("warned", 15, 14, "warned")
    ]
    told = "validation warned warned on 2026-11-22: expected 15, found 14"
    assert [(r.levelname, r.getMessage()) for r in caplog.records if "validation" in r.getMessage()][:1] == [
        ("WARNING", told)
    ]
    assert announced("warned") == told

    failed = f"-- check: one (fail)\nselect 1.5 as expected, {FACTS} as actual;\n"
    passed = "-- check: right (fail)\nselect 2 as expected, cast(2 as decimal(9, 2)) as actual;\n"
    other = "-- check: other (fail)\nselect extract(year from cast(:run_date as date)) as actual, 7 as expected;\n"
    with pytest.raises(ValidationFailedError) as failure:
        run(scripts_with(tmp_path / "failed", warned + failed + passed + other))
    assert str(failure.value).startswith(
        "validation one failed on 2026-11-22: expected 1.5, found 14; "
        "validation other failed on 2026-11-22: expected 7, found 2026. "
    )
    assert len(failure.value.validated.validations) == 6
    assert announced("failed").endswith("; validation other failed on 2026-11-22: expected 7, found 2026")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select 1 as expected", r"it returned expected \(int\)\."),
        ("select 1 as expected, 1 as found", r"it returned expected \(int\), found \(int\)\."),
        ("select 1 as expected, null as actual", r"it returned expected \(int\), actual \(NULL\)\."),
        ("select 'secret' as expected, 1 as actual", r"it returned expected \(str\), actual \(int\)\."),
        ("select 1 as expected, 1 as actual where false", r"it returned 0 rows\."),
        ("select 1 as expected, i_item_sk as actual from item", r"it returned 15 rows\."),
        ("update item set i_item_sk = i_item_sk", r"it returned 0 rows\."),
    ],
)
def test_other_results_are_refused(warehouse: Warehouse, tmp_path: Path, sql: str, message: str) -> None:
    with pytest.raises(ScriptError, match=rf"checks\.sql, check mine: .* expected and actual; {message}"):
        run(scripts_with(tmp_path, f"-- check: mine (fail)\n{sql};"))


def test_a_check_that_cannot_run_is_named_with_the_engines_words(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with pytest.raises(
        StatementFailedError, match=r"in statement 3 \(-- check mine select .*nowhere.* not exist"
    ):
        run(
            scripts_with(
                tmp_path, "-- check: mine (fail)\nselect 1 as expected, nowhere as actual from item;"
            )
        )
