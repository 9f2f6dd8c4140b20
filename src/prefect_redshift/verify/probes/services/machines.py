"""State machines of a probe's own: made, run to an end, and noted for removal."""

import json
from collections.abc import Mapping
from typing import Any

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.place import Removal
from prefect_redshift.verify.probe import NotAskedError
from prefect_redshift.verify.wire import Answer

STATES = "stepfunctions"
_STACKS = "cloudformation"
_LOOKS = 60
_PARTITION = "<partition>"
# What the role may not do is no answer to the question.
_DENIED = ("AccessDenied", "not authorized", "AccessDeniedException")


def role(ask: Ask) -> str:
    """Return the role that a state machine assumes.

    Raises:
        NotAskedError: None is given.
    """
    if not ask.means.role:
        raise NotAskedError("it needs a role that Step Functions may assume: --role")
    return ask.means.role


def task(operation: str, parameters: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """Return a state that calls an operation of the Data API, in Step Functions' own spelling."""
    resource = f"arn:{_PARTITION}:states:::aws-sdk:redshiftdata:{operation}"
    return {"Type": "Task", "Resource": resource, "Parameters": dict(parameters), **members}


def statement_machine(
    submission: Mapping[str, Any], look: Mapping[str, Any], ends: tuple[str, ...], wait: int = 1
) -> dict[str, Any]:
    """Return a machine that submits a batch, waits for one of its ends, and reads its second result.

    Args:
        submission: The parameters of BatchExecuteStatement.
        look: Further parameters of DescribeStatement.
        ends: The statuses after which the result is read.
        wait: Seconds between two looks.
    """
    rules = [{"Variable": "$.Status", "StringEquals": end, "Next": "Read"} for end in ends]
    others = ("FINISHED", "FAILED", "ABORTED")
    rules += [
        {"Variable": "$.Status", "StringEquals": end, "Next": "Ended"} for end in others if end not in ends
    ]
    return {
        "StartAt": "Submit",
        "TimeoutSeconds": 120,
        "States": {
            "Submit": task("batchExecuteStatement", submission, Next="Wait"),
            "Wait": {"Type": "Wait", "Seconds": wait, "Next": "Look"},
            "Look": task("describeStatement", {"Id.$": "$.Id", **look}, Next="Decide"),
            "Decide": {"Type": "Choice", "Choices": rules, "Default": "Wait"},
            "Read": task("getStatementResult", {"Id.$": "States.Format('{}:2', $.Id)"}, End=True),
            "Ended": {"Type": "Fail", "Error": "Ended", "CausePath": "$.Error"},
        },
    }


async def machine(ask: Ask, definition: Mapping[str, Any]) -> Answer:
    """Make a state machine (API: CreateStateMachine); a definition that is refused is an answer."""
    name = f"{ask.place.name}-{ask.probe.replace('.', '-')}"
    inputs = {"name": name, "definition": _text(ask, definition), "roleArn": role(ask)}
    made = await ask.service(STATES, "CreateStateMachine", inputs)
    if made["stateMachineArn"]:
        _note(ask, made["stateMachineArn"])
    return made


def _text(ask: Ask, definition: Mapping[str, Any]) -> str:
    """Return a definition as Step Functions takes it, in the partition of AWS that the role is of."""
    return json.dumps(definition).replace(_PARTITION, role(ask).split(":")[1])


def _note(ask: Ask, arn: str) -> None:
    name = arn.rpartition(":")[2]
    removal = Removal(STATES, "DeleteStateMachine", {"stateMachineArn": arn})
    ask.place.others[f"the state machine {name}"] = removal


async def stack(ask: Ask, definition: Mapping[str, Any], placeholders: Mapping[str, str]) -> Answer:
    """Make a state machine by a stack of CloudFormation, and return the stack's description.

    Raises:
        NotAskedError: The call is refused.
    """
    name = f"{ask.place.name}-{ask.probe}".replace("_", "-").replace(".", "-")
    resource = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "StateMachineName": name,
            "RoleArn": role(ask),
            "DefinitionString": _text(ask, definition),
            "DefinitionSubstitutions": dict(placeholders),
        },
    }
    output = {"Machine": {"Value": {"Ref": "Machine"}}}
    template = json.dumps({"Resources": {"Machine": resource}, "Outputs": output})
    ask.place.others[f"the stack {name}"] = Removal(
        _STACKS, "DeleteStack", {"StackName": name}, look="DescribeStacks"
    )
    needed(await ask.service(_STACKS, "CreateStack", {"StackName": name, "TemplateBody": template}))

    async def looks() -> Answer | None:
        found = needed(await ask.service(_STACKS, "DescribeStacks", {"StackName": name}))["Stacks"][0]
        return None if found["StackStatus"].endswith("_IN_PROGRESS") else Answer(found)

    described = await ask.until(looks, _LOOKS)
    if described is None:
        raise NotAskedError("the stack was not made in time")
    return Answer(described.data)


async def execution(ask: Ask, arn: str) -> Answer:
    """Run a state machine, and return its execution's description (API: DescribeExecution).

    Raises:
        NotAskedError: It does not end, or its role may not do what it does.
    """
    started = needed(
        await ask.service(STATES, "StartExecution", {"stateMachineArn": arn, "name": ask.token()})
    )
    inputs = {"executionArn": started["executionArn"]}

    async def looks() -> Answer | None:
        found = needed(await ask.service(STATES, "DescribeExecution", inputs))
        return None if found["status"] == "RUNNING" else found

    ended = await ask.until(looks, _LOOKS)
    if ended is None:
        raise NotAskedError("the execution did not end in time")
    words = f"{ended['error']} {ended['cause']}"
    if any(word in words for word in _DENIED):
        raise NotAskedError(f"the role may not do it: {words}")
    return Answer(ended.data)
