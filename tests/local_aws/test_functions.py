"""Lambda's functions in Python, by themselves and behind the custom resources of a stack."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from local_aws import Served
from tests.statements import eventually

ROLE = "arn:aws:iam::123456789012:role/r"
TRUST = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
}
RESOURCE = """
import boto3, cfnresponse
def handler(event, context):
    wanted = event["ResourceProperties"]
    boto3.client("sqs").create_queue(QueueName=wanted["Queue"])
    cfnresponse.send(event, context, wanted["Ends"], {"Made": wanted["Queue"]})
"""


@pytest.fixture
def client(aws: Served) -> Iterator[Callable[[str], Any]]:
    """Make clients as an application does: from the environment alone."""
    made: list[Any] = []

    def make(service: str) -> Any:
        made.append(boto3.client(service))
        return made[-1]

    yield make
    for one in made:
        one.close()


def invoke(client: Callable[[str], Any], code: str, event: Any, **more: Any) -> dict[str, Any]:
    """Make a function and invoke it once."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner/code.py", code)
    functions, name = client("lambda"), f"f{uuid.uuid4().hex[:8]}"
    given = {"Runtime": "python3.11", "Handler": "inner/code.run", "Timeout": 10, **more}
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    functions.create_function(FunctionName=name, Role=role, Code={"ZipFile": packed.getvalue()}, **given)
    answer: dict[str, Any] = functions.invoke(FunctionName=name, Payload=json.dumps(event))
    return {"error": answer.get("FunctionError"), "payload": json.loads(answer["Payload"].read())}


def test_a_function_runs(client: Callable[[str], Any]) -> None:
    code = (
        "import os\ndef run(event, context):\n    print('noise')\n"
        "    return {**event, 'env': os.environ['A'], 'name': context.function_name[:1]}"
    )
    ran = invoke(client, code, {"given": [1]}, Environment={"Variables": {"A": "b"}})
    assert ran == {"error": None, "payload": {"given": [1], "env": "b", "name": "f"}}


@pytest.mark.parametrize(
    ("code", "more", "words"),
    [
        ("def run(event, context):\n    return 1 / 0", {}, "ZeroDivisionError: division by zero"),
        ("import time\ndef run(event, context):\n    time.sleep(30)", {"Timeout": 1}, "timed out after 1 s"),
        ("", {"Runtime": "nodejs22.x"}, "local stand-in does not support the runtime nodejs22.x"),
    ],
)
def test_a_function_that_fails_says_so(
    client: Callable[[str], Any], code: str, more: dict[str, Any], words: str
) -> None:
    ran = invoke(client, code, {}, **more)
    assert ran["error"]
    assert words in ran["payload"]["errorMessage"]


@pytest.mark.parametrize(
    ("ends", "status"), [("SUCCESS", "CREATE_COMPLETE"), ("FAILED", "ROLLBACK_COMPLETE")]
)
def test_a_custom_resource_makes_or_breaks_its_stack(
    client: Callable[[str], Any], ends: str, status: str
) -> None:
    name = f"custom-{uuid.uuid4().hex[:8]}"
    template = {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
            "Maker": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Handler": "index.handler",
                    "Runtime": "python3.11",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Timeout": 30,
                    "Code": {"ZipFile": RESOURCE},
                },
            },
            "Made": {
                "Type": "Custom::Queue",
                "Properties": {
                    "ServiceToken": {"Fn::GetAtt": ["Maker", "Arn"]},
                    "Queue": name,
                    "Ends": ends,
                },
            },
        }
    }
    stacks = client("cloudformation")
    stacks.create_stack(StackName=name, TemplateBody=json.dumps(template))

    def ended() -> str | None:
        found: str = stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        return found if found != "CREATE_IN_PROGRESS" else None

    assert eventually(ended, 60) == status
    assert client("sqs").get_queue_url(QueueName=name)
    stacks.delete_stack(StackName=name)
