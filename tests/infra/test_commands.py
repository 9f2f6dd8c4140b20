"""The commands of `python -m infra`, as a user gives them."""

import json
import logging
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from flows.sales import SALES
from infra import __main__ as infra
from infra import definition, stack
from local_aws import Admin, Served
from tests.signals import heed_interrupts
from tests.statements import Statements

pytestmark = pytest.mark.usefixtures("frequent_looks")

Command = Callable[..., int]


@pytest.fixture
def name(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of this test's stack and bucket, whose machine need not wait five seconds."""
    quick = tmp_path / "template.yaml"
    quick.write_text(stack.TEMPLATE.read_text().replace("MinValue: 5", "MinValue: 0"))
    monkeypatch.setattr(stack, "TEMPLATE", quick)
    name = database.replace("_", "-")
    yield name
    infra.main(["delete", "--stack-name", name])


def deploy(database: str, name: str, *more: str) -> int:
    command = [
        "deploy",
        "--stack-name",
        name,
        "--bucket",
        name,
        "--prefix",
        "/sales/",
        "--database",
        database,
    ]
    command += [
        "--workgroup-name",
        "local-workgroup",
        "--name",
        name,
        "--wait-seconds",
        "0",
        "--create-bucket",
    ]
    return infra.main([*command, *more])


def test_deployed_run_and_deleted(
    aws: Served,
    database: str,
    name: str,
    statements: Statements,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert deploy(database, name) == 0
    assert f"The stack {name} is created." in capsys.readouterr().out
    assert deploy(database, name) == 0
    assert f"The stack {name} is unchanged." in capsys.readouterr().out

    assert infra.main(["run", "--stack-name", name, "--run-date", "2026-11-22"]) == 0
    assert capsys.readouterr().out.count("FINISHED") == 6
    entered = [line.rpartition(" entered ")[2] for line in caplog.messages if " entered " in line]
    assert (
        entered.index("run_sp_deploy_redshift")
        < entered.index("LoadItemTable")
        < entered.index("sales_data_pipeline_success")
    )
    assert statements.rows("select count(*) from store_sales") == [[14]]

    s3 = boto3.client("s3")
    s3.put_object(Bucket=name, Key="sales/mine.txt", Body=b"")
    assert infra.main(["delete", "--stack-name", name]) == 0
    assert f"Left alone: s3://{name}/sales/mine.txt" in capsys.readouterr().out
    assert [left["Key"] for left in s3.list_objects_v2(Bucket=name)["Contents"]] == ["sales/mine.txt"]
    assert infra.main(["delete", "--stack-name", name]) == 1
    s3.delete_object(Bucket=name, Key="sales/mine.txt")
    s3.delete_bucket(Bucket=name)
    s3.close()


def test_the_scripts_are_uploaded_as_they_are_and_the_machine_s_statements_beside_them(
    aws: Served, database: str, name: str
) -> None:
    assert infra.main(["upload", "--bucket", name, "--create-bucket", "--schema", "sales"]) == 0
    s3 = boto3.client("s3")
    listed = [one["Key"] for one in s3.list_objects_v2(Bucket=name, Prefix="redshift-etl/")["Contents"]]
    uploaded = {key.rpartition("/")[2]: s3.get_object(Bucket=name, Key=key)["Body"].read() for key in listed}
    s3.close()
    scripts = {script.file for script in SALES.read_scripts}
    assert {name for name in uploaded if name.endswith(".sql")} == scripts
    for file in scripts:
        assert uploaded[file] == (SALES.folder / "sql" / file).read_bytes()
    steps = json.loads(uploaded["steps.json"])
    assert steps["LoadItemTable"] == ["set search_path to sales", "call sp_load_dim_item()"]
    assert len(json.loads(uploaded["validate_sql_statement.json"])) == 2
    [text] = [content for key, content in uploaded.items() if key.startswith("state_machine-")]
    assert text.decode() == definition.text()


def test_a_failed_run_is_told_in_one_line(
    aws: Served, database: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy(database, name) == 0
    capsys.readouterr()
    assert infra.main(["run", "--stack-name", name, "--run-date", "1990-01-01"]) == 1
    told = capsys.readouterr().err.splitlines()
    # Before it, only the log of the states.
    [error] = [line for line in told if " | INFO " not in line]
    assert "FAILED: setup_sales_data_pipeline: statement" in error
    assert "run date 1990-01-01 is outside the calendar" in error


def test_ctrl_c_stops_the_execution_and_its_statements(
    aws: Served,
    database: str,
    name: str,
    admin: Admin,
    statements: Statements,
) -> None:
    assert deploy(database, name) == 0
    admin.add_fault("slow_start", seconds=600.0)

    def press(record: logging.LogRecord) -> bool:
        if record.getMessage().endswith(" entered run_sp_deploy_redshift"):
            signal.raise_signal(signal.SIGINT)
        return True

    log = logging.getLogger("prefect.StateMachine")
    log.addFilter(press)
    before = signal.getsignal(signal.SIGINT)
    heed_interrupts()
    try:
        assert infra.main(["run", "--stack-name", name, "--run-date", "2026-11-22"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
        log.removeFilter(press)
    [run] = boto3.client("stepfunctions").list_executions(
        stateMachineArn=f"arn:aws:states:us-east-1:123456789012:stateMachine:{name}", statusFilter="ABORTED"
    )["executions"]
    listed = statements.api.list_statements(StatementName=f"{run['name']}/", Status="ALL")["Statements"]
    assert [one["Status"] for one in listed] in ([], ["ABORTED"])


def test_another_s_stack_is_left_alone(
    aws: Served, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = database.replace("_", "-")
    cloudformation = boto3.client("cloudformation")
    template = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    cloudformation.create_stack(StackName=name, TemplateBody=template)
    assert infra.main(["delete", "--stack-name", name]) == 1
    assert deploy(database, name) == 1
    assert capsys.readouterr().err.count(f"The stack {name} is not this project's") == 2
    assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName=name)
    cloudformation.close()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["upload", "--bucket", "no-such-bucket"], "There is no bucket no-such-bucket: create it"),
        (["upload", "--bucket", "b", "--scripts", "docs"], "docs has no sp_statements.sql"),
        (["upload", "--bucket", "b", "--schema", "Re tail"], "'Re tail' is not a plain identifier"),
        (["deploy", "--bucket", "b"], "No warehouse is named"),
        (["deploy", "--bucket", "b", "--workgroup-name", "no-such"], "workgroup no-such not found"),
        (["run", "--stack-name", "no-such", "--run-date", "2026-11-22"], "There is no stack no-such"),
        (["delete", "--stack-name", "no-such"], "There is no stack no-such"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    aws: Served,
    command: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("REDSHIFT_WORKGROUP_NAME", "REDSHIFT_CLUSTER_IDENTIFIER"):
        monkeypatch.delenv(variable, raising=False)
    assert infra.main(command) == 1
    [error] = capsys.readouterr().err.splitlines()
    assert words in error


@pytest.mark.parametrize(
    ("filename", "text", "words"),
    [
        ("steps.sql", "-- step: LoadItemTable\nselect 1;", "steps.sql has no line `-- step: "),
        ("sp_statements.sql", "select 'open", "sp_statements.sql: what begins with"),
        ("sp_statements.sql", f"select '{'x' * 99_000}';" * 3, "its statements have 297"),
        ("checks.sql", "-- check: a (fail)\nselect 1 as expected;", "has no actual"),
        ("checks.sql", "\xff", "checks.sql is not UTF-8 text"),
    ],
)
def test_scripts_that_the_machine_cannot_run_are_refused_in_one_line(
    tmp_path: Path, filename: str, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for script in SALES.read_scripts:
        (tmp_path / script.file).write_bytes((SALES.folder / "sql" / script.file).read_bytes())
    (tmp_path / filename).write_text(text, encoding="latin-1")
    assert infra.main(["upload", "--bucket", "b", "--scripts", str(tmp_path)]) == 1
    [error] = capsys.readouterr().err.splitlines()
    assert words in error


def test_the_definition_is_written_as_it_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    committed = definition.FILE.read_text()
    monkeypatch.setattr(definition, "FILE", tmp_path / "state_machine.asl.json")
    assert infra.main(["definition"]) == 0
    assert (tmp_path / "state_machine.asl.json").read_text() == committed
    assert "is written" in capsys.readouterr().out
