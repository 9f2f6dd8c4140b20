"""Where scripts are read from, and what is refused."""

import asyncio
from pathlib import Path

import pytest
from prefect_aws import AwsCredentials

from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.scripts import PROJECT_FOLDER, Scripts, statements_of


def scripts(location: str) -> Scripts:
    return Scripts(location, AwsCredentials())


def test_a_relative_folder_is_the_projects(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = asyncio.run(scripts("sql").statements("sp_statements.sql"))
    assert [sql.count("create or replace procedure") for sql in found] == [1] * 5


def test_steps_are_found_by_name() -> None:
    steps = asyncio.run(scripts("sql").steps("steps.sql"))
    assert list(steps) == [
        "drop_tables",
        "setup_sales_data_pipeline",
        "check_run_date",
        "count_rows",
        "scheduled_run_date",
        "LoadItemTable",
        "LoadCustomerAddressTable",
        "run_load_fact_sales",
        "find_days",
    ]
    assert steps["run_load_fact_sales"] == ["call sp_load_fact_sales(cast(:run_date as date))"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is no statement to run"),
        ("-- only a comment\n/* and /* another */ */;", "There is no statement to run"),
        ("select 'it''s", "line 1 has no end"),
        ("select 1;\nselect $$ body", "line 2 has no end"),
    ],
)
def test_what_is_no_script_is_refused(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=f"here.sql: .*{message}"):
        statements_of(text, "here.sql")


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "-- step: twice\nselect 1;\n-- step: twice\nselect 2;",
        "-- step: empty\n-- step: full\nselect 1;",
        "-- step: two words\nselect 1;",
        "select 1;\n-- step: late\nselect 2;",
    ],
)
def test_bad_steps_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "steps.sql").write_text(text)
    with pytest.raises(ScriptError, match=r"steps\.sql"):
        asyncio.run(scripts(str(tmp_path)).steps("steps.sql"))


@pytest.mark.parametrize("location", ["s3://", "s3:///prefix"])
def test_a_location_without_a_bucket(location: str) -> None:
    with pytest.raises(ScriptError, match="names no bucket"):
        asyncio.run(scripts(location).statements("sp_statements.sql"))


def test_the_projects_own_scripts_keep_the_limits() -> None:
    for path in (PROJECT_FOLDER / "sql").iterdir():
        statements_of(path.read_text(), path.name)
