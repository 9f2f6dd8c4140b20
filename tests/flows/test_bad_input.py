"""Nonsense, oversized and hostile input: one clear sentence each, the right exit code, a warehouse as it was."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from prefect.exceptions import ParameterTypeError
from prefect_aws import AwsCredentials
from pydantic import ValidationError

from blocks.__main__ import main as set_up_block
from flows.sales import SALES
from flows.sales_backfill import sales_backfill
from flows.sales_data_pipeline import sales_data_pipeline
from infra.__main__ import main as infra
from local_aws.__main__ import main as serve
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.cli import backfill_main, daily_main
from prefect_redshift.exceptions import PipelineError, RedshiftError, ScriptError
from prefect_redshift.local import __main__ as up
from prefect_redshift.pipeline.run_date import scheduled_run_date
from prefect_redshift.pipeline.script_folder import MAX_SCRIPT_BYTES, ScriptFolder
from prefect_redshift.pipeline.script_text import statements_of
from prefect_redshift.tasks.connections import connect
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER

LONG = "x" * 10_000
SQL = "2026-11-22'; drop table store_sales; --"
DAY = ["--run-date", "2026-11-22"]


def is_one_sentence(text: str) -> bool:
    """Whether a person can read it: one line of words, neither a traceback nor a Python object as Python writes it."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    python = re.search(r"Traceback|\w(Error|Exception)\(|<class |<\w+ object", text)
    return "\n" not in text.strip() and len(words) >= 4 and not python


@pytest.mark.parametrize(
    "text",
    [
        "",
        "error: 17",
        "There are two\nlines of many words.",
        "It failed since ValueError('of one thing') was raised.",
        "Traceback (most recent call last):",
    ],
)
def test_what_is_no_sentence(text: str) -> None:
    assert not is_one_sentence(text)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "options",
    [
        *(
            ["--run-date", text]
            for text in (
                SQL,
                "",
                "\u0662\u0660\u0662\u0666-11-22",
                "2026-11-22\0",
                "2026-02-30",
                "2026-2-3",
                "-1",
                LONG,
            )
        ),
        *([*DAY, "--setup", text] for text in ("", "drop table", LONG)),
        *([*DAY, "--timezone", text] for text in ("Mars/Olympus", "../../etc/localtime", "", LONG)),
        *([*DAY, "--warehouse", text] for text in ("it's", "a/b", "", LONG + "-")),
        *([*DAY, "--schema", text] for text in ("a b", "x; drop table y", "", LONG)),
        [*DAY, "--state-machine", "it's"],
        [*DAY, "--fresh"],
        [*DAY, "--no-such-option"],
        [*DAY, "2026-11-23"],
    ],
    ids=lambda options: " ".join(options)[:40],
)
def test_options(warehouse: Warehouse, capfd: pytest.CaptureFixture[str], options: list[str]) -> None:
    try:
        code = daily_main(sales_data_pipeline, SALES, options)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert is_one_sentence(capfd.readouterr().err.splitlines()[-1])
    assert not warehouse.has_table("store_sales")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--run-date", "9999-12-31"], "outside the calendar"),
        ([*DAY, "--scripts", "../../etc"], r"Cannot read the script ../../etc/\w+.sql: No such file"),
        ([*DAY, "--warehouse", "nobody"], "There is no block redshift-data-api/nobody"),
        ([*DAY, "--state-folder", "/proc/self/status/below"], "cannot be used"),
        ([*DAY, "--hand-off", "instead"], "No state machine is named"),
        ([*DAY, "--hand-off", "after", "--state-machine", "nobody"], "There is no block"),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_a_run_that_cannot_be_says_so_and_changes_nothing(
    warehouse: Warehouse, capfd: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert daily_main(sales_data_pipeline, SALES, options) == 1
    (line,) = [line for line in capfd.readouterr().err.splitlines() if line.startswith("error: ")]
    assert re.search(said, line)
    assert is_one_sentence(line)
    assert not warehouse.has_table("store_sales")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--from", SQL],
        ["--from", "2026-11-22", "--to", "2026-11-01"],
        ["--from", "2016-01-01", "--to", "9999-12-31"],
        ["--from", "0001-01-01", "--to", "2016-01-01"],
        ["--dates", "2026-11-22,nonsense"],
        ["--dates", ""],
        ["--dates", "2026-11-22", "--from", "2026-11-21"],
    ],
    ids=" ".join,
)
def test_options_of_the_backfill(
    warehouse: Warehouse, capfd: pytest.CaptureFixture[str], options: list[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        backfill_main(sales_backfill, SALES, options)
    assert is_one_sentence(capfd.readouterr().err.splitlines()[-1])
    assert not warehouse.has_table("store_sales")


@pytest.mark.parametrize(
    "parameters",
    [
        {"run_date": SQL},
        {"run_date": 10**30},
        {"setup": "sometimes"},
        {"scripts": 7},
        {"warehouse": ["a"]},
        {"timezone": 7},
        {"catch_up": "perhaps"},
        {"hand_off": "sometimes"},
        {"state_machine": 7},
    ],
    ids=str,
)
def test_parameters_of_the_flow(warehouse: Warehouse, parameters: dict[str, Any]) -> None:
    with pytest.raises(ParameterTypeError):
        asyncio.run(sales_data_pipeline(**parameters))
    assert warehouse.statements() == []


@pytest.mark.parametrize(
    "zone",
    [
        "",
        ".",
        "..",
        "../../etc/localtime",
        "/etc/localtime",
        "\0",
        LONG,
        "UTC\n",
        "America",
        "zone.tab",
        "a'b",
        "é",
    ],
    ids=lambda zone: zone[:20],
)
def test_time_zones(zone: str) -> None:
    with pytest.raises(PipelineError, match=r"There is no time zone .*; use an IANA name"):
        scheduled_run_date(zone, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    "name",
    ["", "../x", "a/b", "a?b=c", "a#b", "it's", "\0", "\n", "%2e%2e", "é", LONG],
    ids=lambda name: name[:10],
)
def test_names_of_blocks(prefect_server: str, name: str) -> None:
    with pytest.raises(PipelineError, match="There is no block"):
        asyncio.run(connect(name))


NO_PLACES = {
    "a file": "/etc/passwd",
    "a path that climbs out": "../../../../etc",
    "a web page": "http://example.com/sql",
    "a URL": "file:///etc",
    "NUL": "a\0b",
    "too long": LONG,
    "no bucket": "s3://",
    "an empty bucket": "s3:///sql",
    "a bucket with a space": "s3://b ucket/sql",
    "a bucket with a quote": "s3://b'ucket/sql",
    "a bucket that is not there": "s3://no-such-bucket/../../etc",
    "a bucket too long": f"s3://{LONG}/sql",
    "NUL in a key": "s3://no-such-bucket/\0",
    "home": "~",
}


@pytest.mark.parametrize("location", NO_PLACES.values(), ids=NO_PLACES.keys())
def test_places_of_scripts(aws: Any, location: str) -> None:
    with pytest.raises(ScriptError) as refused:
        asyncio.run(read(location))
    assert is_one_sentence(str(refused.value))


async def read(location: str) -> list[str]:
    folder = ScriptFolder(location, PROJECT_FOLDER, AwsCredentials())
    return statements_of(await folder.text("sp_statements.sql"), folder.path("sp_statements.sql"))


def sparse(script: Path) -> None:
    with script.open("wb") as file:
        file.truncate(1 << 30)


NO_SCRIPTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda script: None, "No such file"),
    "a folder": (lambda script: script.mkdir(), "not a regular file"),
    "a pipe": (os.mkfifo, "not a regular file"),
    "a device without end": (lambda script: script.symlink_to("/dev/zero"), "not a regular file"),
    "a link to itself": (lambda script: script.symlink_to(script), "symbolic links"),
    "a gigabyte": (sparse, f"1,073,741,824 bytes, and a script may have {MAX_SCRIPT_BYTES:,}"),
    "empty": (lambda script: script.write_bytes(b""), "no statement to run"),
    "Latin-1": (lambda script: script.write_bytes(b"select '\xe9'"), "not UTF-8 text"),
    "UTF-16": (lambda script: script.write_bytes("select 1".encode("utf-16")), "not UTF-8 text"),
    "NUL": (lambda script: script.write_bytes(b"select 'a\0b'"), "NUL character"),
    "without an end": (lambda script: script.write_text("select 1;\nselect 'it''s"), "line 2 has no end"),
    "too many": (lambda script: script.write_text("select 1;" * 41), "takes 40 statements"),
    "too large": (
        lambda script: script.write_text(f"select '{'x' * 100_000}'"),
        "statements of 100,000 bytes",
    ),
}


@pytest.mark.parametrize(("make", "said"), NO_SCRIPTS.values(), ids=NO_SCRIPTS.keys())
def test_files(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    make(tmp_path / "sp_statements.sql")
    with pytest.raises(ScriptError, match=said) as refused:
        asyncio.run(read(str(tmp_path)))
    assert is_one_sentence(str(refused.value))


def test_a_byte_order_mark_is_no_part_of_the_script(tmp_path: Path) -> None:
    (tmp_path / "sp_statements.sql").write_text("select 1", encoding="utf-8-sig")
    assert asyncio.run(read(str(tmp_path))) == ["select 1"]


def test_a_gigabyte_on_s3_is_not_fetched(aws: Any) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="oversized")
    s3.put_object(Bucket="oversized", Key="sql/sp_statements.sql", Body=b"x" * (MAX_SCRIPT_BYTES + 1))
    with pytest.raises(ScriptError, match="10,000,001 bytes"):
        asyncio.run(read("s3://oversized/sql"))
    s3.close()


ENVIRONMENTS = [
    *({"REDSHIFT_WORKGROUP_NAME": value} for value in ("no'such", "../x", "é", " ", LONG)),
    *({"REDSHIFT_DATABASE": value} for value in ("no_such", "dev'; drop table item; --", '"', "é", LONG)),
    *({"REDSHIFT_SECRET_ARN": value} for value in ("nonsense", LONG)),
    {"REDSHIFT_DB_USER": "o'brien"},
    {"REDSHIFT_CLUSTER_IDENTIFIER": "local-cluster"},
    *(
        {"AWS_ENDPOINT_URL": value}
        for value in ("not a url", "ftp://x", "http://", "http://[::", "http://127.0.0.1:99999")
    ),
    *({"AWS_DEFAULT_REGION": value} for value in ("../..", "a b", "é", LONG)),
    *({"AWS_PROFILE": value} for value in ("nobody", " ")),
    *({"AWS_ACCESS_KEY_ID": value} for value in ("", "REFUSED", "EXPIRED", "a\nb")),
    {"AWS_SECRET_ACCESS_KEY": ""},
    {"AWS_CONFIG_FILE": "/etc/passwd"},
    {"AWS_DEFAULTS_MODE": "x"},
]


@pytest.mark.parametrize("variables", ENVIRONMENTS, ids=lambda variables: str(variables)[:50])
def test_environment(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    async def ask() -> None:
        await (await connect(None)).run("select 1", timeout=30)

    with pytest.raises(RedshiftError) as refused:
        asyncio.run(ask())
    assert is_one_sentence(str(refused.value))


def test_a_token_with_a_line_break_is_refused_without_being_shown(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "planted-token\n")

    async def ask() -> None:
        await (await connect(None)).run("select 1", timeout=30)

    with pytest.raises(RedshiftError, match="a line break") as refused:
        asyncio.run(ask())
    # Not in what a traceback shows, either.
    assert "planted-token" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"cluster_identifier": "", "workgroup_name": ""},
        {"cluster_identifier": "a", "workgroup_name": "b"},
        {"workgroup_name": "a", "db_user": "b"},
        {"cluster_identifier": "a", "db_user": "b", "secret_arn": "c"},
        {"workgroup_name": "a", "database": ""},
        {"workgroup_name": 7},
        *(
            {"workgroup_name": "a", "statement_timeout_seconds": value}
            for value in (0, -1, 1e9, "soon", float("nan"))
        ),
        *({"workgroup_name": "a", "max_concurrent_waits": value} for value in (0, 10**6, "many")),
        {"workgroup_name": "a", "aws_credentials": "AKIA"},
    ],
    ids=str,
)
def test_fields_of_the_block(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        RedshiftDataApi.model_validate(fields)
    assert refused.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("command", "arguments", "code"),
    [
        (serve, ["--port", "70000"], 2),
        (serve, ["--port", "-1"], 2),
        (serve, ["--max-executing", "\u0663\u0660"], 2),
        (serve, ["--data-dir", "/proc/self/status/below"], 1),
        (serve, ["--data-dir", f"/{LONG}"], 1),
        (up.main, ["--state-folder", "/proc/self/status/below"], 1),
        (up.main, ["--port", "1"], 2),
        (infra, ["deploy"], 2),
        (infra, ["run", "--run-date", SQL], 2),
        (infra, ["run", "--run-date", "2026-11-22", "--stack-name", "it's"], 1),
        (infra, ["delete", "--stack-name", LONG], 1),
        (infra, ["upload", "--bucket", "b'ucket"], 1),
        (infra, ["upload", "--bucket", "no-such-bucket", "--scripts", "/etc"], 1),
        (
            infra,
            ["deploy", "--bucket", "no-such-bucket", "--workgroup-name", "a", "--cluster-identifier", "b"],
            1,
        ),
        (set_up_block, ["--name", "../x"], 2),
        (set_up_block, ["--name", "it's"], 2),
    ],
    ids=lambda value: value.__module__ if callable(value) else str(value)[:40],
)
def test_other_commands(
    aws: Any,
    capfd: pytest.CaptureFixture[str],
    command: Callable[[list[str]], int],
    arguments: list[str],
    code: int,
) -> None:
    try:
        ended = command(arguments)
    except SystemExit as exit_:
        ended = int(str(exit_.code))
    assert ended == code
    assert is_one_sentence(capfd.readouterr().err.splitlines()[-1])


def test_sql_in_a_value_is_a_value(warehouse: Warehouse) -> None:
    asyncio.run(sales_data_pipeline(run_date=date(2026, 11, 22)))
    before = warehouse.tables()

    async def load(run_date: str) -> None:
        redshift = await connect(None)
        await redshift.run("call sp_load_fact_sales(cast(:run_date as date))", {"run_date": run_date})

    with pytest.raises(RedshiftError, match="invalid input syntax for type date"):
        asyncio.run(load(SQL))
    assert warehouse.tables() == before


@pytest.mark.parametrize(
    "variables",
    [
        {"PREFECT_API_URL": "nonsense"},
        {"PREFECT_API_URL": "http://127.0.0.1:9/api"},
    ],
    ids=str,
)
def test_as_a_process(warehouse: Warehouse, variables: dict[str, str], tmp_path: Path) -> None:
    shutil.copytree(PROJECT_FOLDER / "sql", tmp_path / "it's sql")
    command = [
        sys.executable,
        "-m",
        "flows.sales_data_pipeline",
        *DAY,
        "--scripts",
        str(tmp_path / "it's sql"),
    ]
    done = subprocess.run(
        command,
        cwd=PROJECT_FOLDER,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert not warehouse.has_table("store_sales")
