"""Where scripts are read from, and what is refused."""

import asyncio
from pathlib import Path

import pytest
from prefect_aws import AwsCredentials

from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.script_folder import ScriptFolder
from prefect_redshift.pipeline.script_text import parts_of, statements_of
from tests.project import PROJECT_FOLDER


def folder(location: str) -> ScriptFolder:
    return ScriptFolder(location, PROJECT_FOLDER, AwsCredentials())


def test_a_relative_folder_is_the_projects(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    text = asyncio.run(folder("sql").text("sp_statements.sql"))
    assert text == (PROJECT_FOLDER / "sql" / "sp_statements.sql").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is no statement to run"),
        ("-- only a comment\n/* and /* another */ */;", "There is no statement to run"),
        ("select 'it''s", "line 1 has no end"),
        ("select 1;\nselect $$ body", "line 2 has no end"),
    ],
)
def test_what_is_not_a_script_is_refused(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=f"here.sql: .*{message}"):
        statements_of(text, "here.sql")


def test_a_schema_takes_the_place_of_one_statement() -> None:
    statements_of("select 1;" * 40, "here.sql")
    with pytest.raises(ScriptError, match="it has 40 statements, and one transaction takes 39"):
        statements_of("select 1;" * 40, "here.sql", room=39)


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "-- step: twice\nselect 1;\n-- step: twice\nselect 2;",
        "-- step: empty\n-- step: full\nselect 1;",
        "-- step:\nselect 1;",
        "select 1;\n-- step: late\nselect 2;",
    ],
)
def test_bad_steps_are_refused(text: str) -> None:
    with pytest.raises(ScriptError, match=r"^steps\.sql"):
        parts_of(text, "step", "steps.sql")


@pytest.mark.parametrize("location", ["s3://", "s3:///prefix", "http://bucket/prefix", "file:///tmp"])
def test_what_is_neither_a_folder_nor_a_bucket_is_said_before_anything_is_read(location: str) -> None:
    with pytest.raises(ScriptError, match="is neither a folder nor s3://bucket/prefix"):
        folder(location)


def test_the_projects_own_scripts_keep_the_limits() -> None:
    for path in (PROJECT_FOLDER / "sql").iterdir():
        statements_of(path.read_text(), path.name)
