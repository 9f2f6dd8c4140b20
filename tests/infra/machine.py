"""A state machine on the stand-in, in a database of its own, and its executions."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import boto3

from flows.sales import SALES
from infra import definition
from infra.uploaded_files import uploaded_files
from prefect_redshift.pipeline import Job
from prefect_redshift.state_machine import substituted
from tests.statements import eventually

ROLE = "arn:aws:iam::123456789012:role/StateMachineExecutionRole"


class Machine:
    """The state machine of a job, or another definition that reads the job's objects.

    Args:
        database: Where it loads.
        wait_seconds: The first wait for a statement.
        text: Another definition than the job's own.
        job: The declaration.
        step_timeout: Seconds of waiting after which a step's statement is cancelled.
    """

    def __init__(
        self,
        database: str,
        wait_seconds: int = 0,
        text: str | None = None,
        *,
        job: Job = SALES,
        step_timeout: int = 600,
    ) -> None:
        self.api, self.s3 = boto3.client("stepfunctions"), boto3.client("s3")
        self.bucket = database.replace("_", "-")
        self.s3.create_bucket(Bucket=self.bucket)
        for name, content in uploaded_files(job, job.folder / job.scripts, job.schema).items():
            self.s3.put_object(Bucket=self.bucket, Key=f"etl/{name}", Body=content)
        values = {
            "Partition": "aws",
            "TargetKind": "WorkgroupName",
            "Target": "local-workgroup",
            "Database": database,
            "LoginKind": "ResultFormat",
            "Login": "JSON",
            "Bucket": self.bucket,
            "Prefix": "etl",
            "WaitSeconds": str(wait_seconds),
            "StepTimeoutSeconds": str(step_timeout),
        }
        self.definition = substituted(text or definition.text(job), values)
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

        described: dict[str, Any] = eventually(ended, 120, pause=0.1)
        return described

    def run(self, given: Mapping[str, Any], name: str | None = None) -> dict[str, Any]:
        """Run an execution to its end and return its description."""
        return self.end(self.start(given, name))

    def succeed(self, given: Mapping[str, Any], name: str | None = None) -> dict[str, Any]:
        """Run an execution, which has to succeed, and return its output."""
        done = self.run(given, name)
        assert done["status"] == "SUCCEEDED", (done.get("error"), done.get("cause"))
        output: dict[str, Any] = json.loads(done["output"])
        return output

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
