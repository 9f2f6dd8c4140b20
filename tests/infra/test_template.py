"""The template: clean, made, changed and deleted whole; who may do what; the schedule that starts the machine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.api import lint_file

from infra import definition
from infra.infra_error import InfraError
from infra.stack import TEMPLATE
from local_aws import Admin, Served
from prefect_redshift.state_machine import substitutions_of
from prefect_redshift.state_machine.faults import operations
from tests.infra.stack import Deployed
from tests.statements import Statements, eventually

# What AWS needs beside an action: the login of those that submit, and the list by which S3 tells missing from refused.
LOGINS = {
    "redshift:GetClusterCredentials",
    "redshift-serverless:GetCredentials",
    "secretsmanager:GetSecretValue",
}
BESIDE = {
    "redshift-data:ExecuteStatement": LOGINS,
    "redshift-data:BatchExecuteStatement": LOGINS,
    "s3:GetObject": {"s3:ListBucket"},
}
SERVICES = {"redshiftdata": "redshift-data", "s3": "s3"}


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads a template's short forms, such as !Ref, as their arguments alone."""


Loader.add_multi_constructor(
    "!",
    lambda loader, _, node: (
        loader.construct_scalar(node)
        if isinstance(node, yaml.ScalarNode)
        else loader.construct_sequence(node, deep=True)
    ),
)
RESOURCES: dict[str, Any] = yaml.load(TEMPLATE.read_text(), Loader)["Resources"]


@pytest.fixture
def deployed(aws: Served, database: str) -> Iterator[Deployed]:
    made = Deployed(database)
    yield made
    made.delete()


def test_the_linter_finds_nothing() -> None:
    assert lint_file(Path(TEMPLATE)) == []


def grants(role: str) -> dict[str, list[dict[str, Any]]]:
    """Return the statements that grant a role something, by action."""
    properties = RESOURCES[role]["Properties"]
    documents = [policy["PolicyDocument"] for policy in properties["Policies"]]
    documents += [
        resource["Properties"]["PolicyDocument"]
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::IAM::Policy" and resource["Properties"]["Roles"] == [role]
    ]
    found: dict[str, list[dict[str, Any]]] = {}
    for statement in (statement for document in documents for statement in document["Statement"]):
        assert statement["Effect"] == "Allow"
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found.setdefault(action, []).append(statement)
    return found


def test_the_role_may_do_what_the_machine_does_and_nothing_else() -> None:
    granted = grants("StateMachineExecutionRole")
    calls = [operation.partition(":")[::2] for operation in operations(json.loads(definition.text()))]
    used = {f"{SERVICES[service]}:{call[0].upper()}{call[1:]}" for service, call in calls}
    wanted = used | {beside for action in used for beside in BESIDE.get(action, set())}
    assert {action for action in granted if not action.startswith("logs:")} == wanted
    assert not any("*" in action for action in granted)
    everywhere = {
        action for action, statements in granted.items() if any(s["Resource"] == "*" for s in statements)
    }
    # These two kinds take no resource; the statements are bound by their owner instead.
    own = {
        f"redshift-data:{name}Statement{plural}"
        for name, plural in [("Describe", ""), ("Cancel", ""), ("List", "s")]
    }
    assert {action for action in everywhere if not action.startswith("logs:")} == own | {
        "redshift-data:GetStatementResult"
    }
    for action in own:
        [statement] = granted[action]
        assert list(statement["Condition"]["StringLike"]) == ["redshift-data:statement-owner-iam-userid"]
    assert set(grants("ScheduleRole")) == {"states:StartExecution", "sqs:SendMessage"}
    for role in ("StateMachineExecutionRole", "ScheduleRole"):
        [trust] = RESOURCES[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}}


def everything(made: Deployed) -> dict[str, Any]:
    """Return what there is in the account of the kinds that the template makes."""
    return {
        "machines": made.client("stepfunctions").list_state_machines()["stateMachines"],
        "roles": made.client("iam").list_roles()["Roles"],
        "logs": made.client("logs").describe_log_groups()["logGroups"],
        "queues": made.client("sqs").list_queues().get("QueueUrls", []),
        "schedules": made.client("scheduler").list_schedules()["Schedules"],
        "buckets": made.client("s3").list_buckets()["Buckets"],
    }


def test_a_stack_comes_changes_and_goes_without_a_trace(aws: Served, database: str) -> None:
    made = Deployed(database)
    assert all(everything(made).values())
    machine = made.client("stepfunctions").describe_state_machine(
        stateMachineArn=made.output("StateMachineArn")
    )
    assert not substitutions_of(machine["definition"])
    assert machine["loggingConfiguration"]["level"] == "ERROR"
    assert machine["loggingConfiguration"]["includeExecutionData"] is False

    assert made.deploy() == "unchanged"
    assert (
        made.deploy(ScheduleState="ENABLED", ScheduleTimezone="Europe/Berlin", WaitSeconds="7") == "updated"
    )
    schedule = made.client("scheduler").get_schedule(Name=made.output("ScheduleName"))
    assert (schedule["State"], schedule["ScheduleExpressionTimezone"]) == ("ENABLED", "Europe/Berlin")
    changed = made.client("stepfunctions").describe_state_machine(
        stateMachineArn=made.output("StateMachineArn")
    )
    assert "States.StringToJson('7')" in changed["definition"]

    made.stack.delete()
    made.uploads.delete()
    left = everything(made)
    made.close()
    assert not [kind for kind, found in left.items() if made.stack.name in json.dumps(found, default=str)]


WRONG = [
    (
        {"ClusterIdentifier": "local-cluster", "DbUser": "etl"},
        "either a ClusterIdentifier or a WorkgroupName",
    ),
    ({"WorkgroupName": "", "WorkgroupId": ""}, "either a ClusterIdentifier or a WorkgroupName"),
    ({"WorkgroupName": "", "ClusterIdentifier": "c"}, "needs either a DbUser or a SecretArn"),
    ({"WorkgroupId": ""}, "needs its WorkgroupId"),
    ({"ScheduleState": "ON"}, "ScheduleState"),
    ({"WaitSeconds": "-1"}, "WaitSeconds"),
]


def test_wrong_parameters_are_refused_before_anything_changes(deployed: Deployed) -> None:
    before = deployed.stack.described()
    for changes, words in WRONG:
        with pytest.raises(InfraError, match=words):
            deployed.stack.deploy(deployed.parameters | changes, deployed.template)
        assert deployed.stack.described() == before


def test_the_schedule_starts_the_machine_for_the_day_it_is_due(
    deployed: Deployed, admin: Admin, statements: Statements
) -> None:
    deployed.deploy(ScheduleTimezone="Europe/Berlin")
    fired = admin.fire_schedule(deployed.output("ScheduleName"), "2026-11-21T23:30:00Z")
    step_functions = deployed.client("stepfunctions")

    def ended() -> dict[str, Any] | None:
        described: dict[str, Any] = step_functions.describe_execution(executionArn=fired["executionArn"])
        return described if described["status"] != "RUNNING" else None

    done = eventually(ended, 60)
    assert done["status"] == "SUCCEEDED", done.get("cause")
    assert json.loads(done["output"])["run_date"] == "2026-11-22"
    assert statements.rows("select distinct ss_sold_date_sk from store_sales") == [[20261122]]


def test_a_start_that_fails_goes_to_the_dead_letter_queue(deployed: Deployed, admin: Admin) -> None:
    deployed.client("stepfunctions").delete_state_machine(stateMachineArn=deployed.output("StateMachineArn"))
    fired = admin.fire_schedule(deployed.output("ScheduleName"), "2026-11-22T06:00:00Z")
    assert fired["error"]["Code"] == "StateMachineDoesNotExist"
    [message] = deployed.client("sqs").receive_message(
        QueueUrl=deployed.output("ScheduleFailuresUrl"), MessageAttributeNames=["All"]
    )["Messages"]
    assert json.loads(message["Body"])["scheduled_time"] == "2026-11-22T06:00:00Z"
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "StateMachineDoesNotExist"
