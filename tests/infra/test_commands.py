"""The commands of `python -m infra`, as a user gives them."""

import json
import logging
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from infra import __main__ as infra
from infra import scripts, stack
from infra.errors import InfraError
from local_aws import Admin, Served
from prefect_redshift.pipeline.script_folder import ScriptFolder
from tests.local_aws.conftest import Statements
from tests.signals import heed_interrupts

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


async def test_the_flow_reads_what_was_uploaded(aws: Served, database: str, name: str) -> None:
    from prefect_aws import AwsCredentials

    assert infra.main(["upload", "--bucket", name, "--create-bucket"]) == 0
    uploaded = ScriptFolder(f"s3://{name}/redshift-etl", AwsCredentials())
    assert json.loads(scripts.objects()["steps.json"]) == await uploaded.steps("steps.sql")
    assert json.loads(scripts.objects()["sp_statements.json"]) == await uploaded.statements(
        "sp_statements.sql"
    )


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
        ("steps.sql", "-- step: LoadItemTable\nselect 1;", "has no line `-- step: "),
        ("sp_statements.sql", "select 'open", "sp_statements.sql: what begins with"),
        ("sp_statements.sql", f"select '{'x' * 99_000}';" * 3, "its statements have 297"),
    ],
)
def test_scripts_that_the_machine_cannot_run_are_refused(
    tmp_path: Path, filename: str, text: str, words: str
) -> None:
    for path in scripts.FOLDER.glob("*.sql"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / filename).write_text(text)
    with pytest.raises(InfraError, match=words):
        scripts.objects(tmp_path)


def test_a_step_of_several_statements_is_not_cut_short(tmp_path: Path) -> None:
    for path in scripts.FOLDER.glob("*.sql"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    steps = (tmp_path / "steps.sql").read_text()
    (tmp_path / "steps.sql").write_text(
        steps.replace("call sp_load_dim_item();", "call sp_load_dim_item();\nselect 1;")
    )
    with pytest.raises(InfraError, match="runs LoadItemTable as one statement"):
        scripts.objects(tmp_path)
