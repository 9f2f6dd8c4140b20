"""The CloudFormation stack: made or changed by the same command, and deleted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from infra.infra_error import InfraError

TEMPLATE = Path(__file__).with_name("template.yaml")
TAG = {"Key": "application", "Value": "prefect-redshift-data-api-etl"}
# What a creation that failed leaves behind, and which can only be deleted.
_NEVER_MADE = ("ROLLBACK_COMPLETE", "CREATE_FAILED", "REVIEW_IN_PROGRESS")
_WAITING = {"Delay": 5, "MaxAttempts": 240}


class Stack:
    """One stack, by its name."""

    def __init__(self, cloudformation: Any, name: str) -> None:
        self._api = cloudformation
        self.name = name

    def described(self) -> Mapping[str, Any] | None:
        """Return the stack as CloudFormation describes it (API: DescribeStacks), None where there is none."""
        try:
            found: Mapping[str, Any] = self._api.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return found

    def outputs(self) -> Mapping[str, str]:
        """Return the stack's outputs.

        Raises:
            InfraError: There is no such stack.
        """
        found = self.described()
        if found is None:
            raise InfraError(f"There is no stack {self.name}: `python -m infra deploy` makes it.")
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def deploy(self, parameters: Mapping[str, str], template: str | None = None) -> str:
        """Make or change the stack, wait for its end, and return what was done: created, updated or unchanged.

        Raises:
            InfraError: Another application's stack has the name, or CloudFormation refuses it or does not succeed.
        """
        found = self._ours()
        if found and found["StackStatus"] in _NEVER_MADE:
            self.delete()
            found = None
        wanted = {
            "StackName": self.name,
            "TemplateBody": template or TEMPLATE.read_text(),
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            "Capabilities": ["CAPABILITY_IAM"],
            "Tags": [TAG],
        }
        try:
            if found:
                self._api.update_stack(**wanted)
            else:
                self._api.create_stack(**wanted, OnFailure="ROLLBACK")
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return "unchanged"
            raise InfraError(f"The stack {self.name}: {error.response['Error']['Message']}") from error
        self._wait("stack_update_complete" if found else "stack_create_complete")
        return "updated" if found else "created"

    def delete(self) -> bool:
        """Delete the stack and wait for its end; return whether there was one.

        Raises:
            InfraError: Another application's stack has the name, or it cannot be deleted.
        """
        found = self._ours()
        if found is None:
            return False
        self._api.delete_stack(StackName=found["StackId"])
        self._wait("stack_delete_complete", found["StackId"])
        return True

    def _ours(self) -> Mapping[str, Any] | None:
        found = self.described()
        if found and TAG not in found.get("Tags", []):
            raise InfraError(
                f"The stack {self.name} is not this project's: it lacks the tag {TAG['Key']}={TAG['Value']}. "
                "Choose another --stack-name."
            )
        return found

    def _wait(self, waiter: str, stack_id: str | None = None) -> None:
        try:
            self._api.get_waiter(waiter).wait(StackName=stack_id or self.name, WaiterConfig=_WAITING)
        except WaiterError as error:
            raise InfraError(f"The stack {self.name}: {self._reason() or error}") from error

    def _reason(self) -> str:
        """Return what went wrong first in the stack's latest change: what follows is cancelled because of it."""
        first = ""
        for event in self._api.describe_stack_events(StackName=self.name)["StackEvents"]:
            if event["ResourceStatus"].endswith("_FAILED"):
                first = f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
            elif event["LogicalResourceId"] == self.name and event["ResourceStatus"].endswith(
                "E_IN_PROGRESS"
            ):
                break
        return first
