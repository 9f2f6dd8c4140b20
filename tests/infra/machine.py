"""A state machine on the stand-in, in a database of its own, and its executions."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import boto3

from infra import definition, scripts
from tests.local_aws.conftest import eventually

ROLE = "arn:aws:iam::123456789012:role/StateMachineExecutionRole"


class Machine:
    """The project's state machine, or another definition, whose waits take `wait_seconds`."""

    def __init__(self, database: str, wait_seconds: int = 0, text: str | None = None) -> None:
        self.api, self.s3 = boto3.client("stepfunctions"), boto3.client("s3")
        self.bucket = database.replace("_", "-")
        self.s3.create_bucket(Bucket=self.bucket)
        for name, content in scripts.objects().items():
            self.s3.put_object(Bucket=self.bucket, Key=f"sales/{name}", Body=content)
        values = {
            "Partition": "aws",
            "TargetKind": "WorkgroupName",
            "Target": "local-workgroup",
            "Database": database,
            "LoginKind": "ResultFormat",
            "Login": "JSON",
            "Bucket": self.bucket,
            "Prefix": "sales",
            "WaitSeconds": str(wait_seconds),
        }
        self.definition = definition.filled(text or definition.text(), values)
        self.arn = self.api.create_state_machine(name=database, definition=self.definition, roleArn=ROLE)[
            "stateMachineArn"
        ]

    def start(self, given: Mapping[str, Any], name: str | None = None) -> str:
        """Start an execution and return its ARN."""
        arn: str = self.api.start_execution(
            stateMachineArn=self.arn, name=name or uuid.uuid4().hex, input=json.dumps(given)
        )["executionArn"]
        return arn

    def end(self, execution: str) -> dict[str, Any]:
        """Wait for an execution's end and return its description."""

        def ended() -> dict[str, Any] | None:
            described: dict[str, Any] = self.api.describe_execution(executionArn=execution)
            return None if described["status"] == "RUNNING" else described

        described: dict[str, Any] = eventually(ended, 60)
        return described

    def run(self, given: Mapping[str, Any], name: str | None = None) -> dict[str, Any]:
        """Run an execution to its end and return its description."""
        return self.end(self.start(given, name))

    def entered(self, execution: str) -> list[str]:
        """Return the names of the states that an execution has entered, in order."""
        pages = self.api.get_paginator("get_execution_history").paginate(executionArn=execution)
        events = [event for page in pages for event in page["events"]]
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in events
            if "stateEnteredEventDetails" in event
        ]

    def close(self) -> None:
        """Delete the machine and the bucket."""
        self.api.delete_state_machine(stateMachineArn=self.arn)
        for listed in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", []):
            self.s3.delete_object(Bucket=self.bucket, Key=listed["Key"])
        self.s3.delete_bucket(Bucket=self.bucket)
        self.api.close()
        self.s3.close()
