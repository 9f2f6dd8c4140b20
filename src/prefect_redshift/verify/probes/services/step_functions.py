"""Step Functions: what it passes on to the Data API, and how its executions end."""

import json
from typing import Any

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.probe import Family, Observed
from prefect_redshift.verify.probes.services import machines
from prefect_redshift.verify.probes.sources import NOT_DOCUMENTED, states
from prefect_redshift.verify.wire import Answer

step_functions = Family("step-functions")
_INTEGRATIONS = states("supported-services-awssdk")
_PASS = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}}
_VALUES = [{"Name": "a", "Value": "x"}]
_SQLS = ["select 1", "select :a as a"]


def _read(ended: Answer) -> object:
    """Return the value that the machine has read, as its output tells it."""
    if ended["status"] != "SUCCEEDED":
        return f"{ended['error']}: {ended['cause']}"
    [[item]] = json.loads(ended["output"])["Records"]
    return item.get("StringValue")


async def _run(ask: Ask, definition: dict[str, Any]) -> object:
    made = await machines.machine(ask, definition)
    if made.code:
        return {"machine": made.outcome, "status": "", "read": made.words}
    ended = await machines.execution(ask, made["stateMachineArn"])
    return {"machine": made.outcome, "status": ended["status"], "read": _read(ended)}


@step_functions.probe(
    "parameters",
    "Step Functions passes a batch's Parameters on, and its role reads the statements that it has submitted.",
    source=f"{_INTEGRATIONS}; the member is newer than its list of operations",
    expects={"machine": "answered", "status": "SUCCEEDED", "read": "x"},
)
async def _parameters(ask: Ask) -> object:
    submission = {**ask.place.target, "Sqls": _SQLS, "Parameters": _VALUES}
    return await _run(ask, machines.statement_machine(submission, {}, ("FINISHED",)))


@step_functions.probe(
    "execution-mode",
    "Step Functions passes a batch's ExecutionMode on.",
    source=f"{_INTEGRATIONS}; the member is newer than its list of operations",
    expects={"machine": "answered", "status": "SUCCEEDED", "read": "x"},
)
async def _execution_mode(ask: Ask) -> object:
    sqls = [f"select a from {ask.own}_nowhere", _SQLS[1]]  # noqa: S608 - the second is only run by AUTO_COMMIT
    submission = {**ask.place.target, "Sqls": sqls, "Parameters": _VALUES, "ExecutionMode": "AUTO_COMMIT"}
    return await _run(ask, machines.statement_machine(submission, {}, ("FAILED",)))


@step_functions.probe(
    "wait-time",
    "Step Functions passes WaitTimeSeconds on. (Our machine does without.)",
    source=f"{_INTEGRATIONS}; the member is newer than its list of operations",
    expects={"machine": "answered", "status": "SUCCEEDED", "read": "x"},
)
async def _wait_time(ask: Ask) -> object:
    submission = {**ask.place.target, "Sqls": _SQLS, "Parameters": _VALUES}
    return await _run(
        ask, machines.statement_machine(submission, {"WaitTimeSeconds": 10}, ("FINISHED",), wait=0)
    )


@step_functions.probe(
    "placeholders",
    "CloudFormation fills placeholders also where they are names of members of a definition.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-stepfunctions-statemachine.html",
    expects={"stack": "CREATE_COMPLETE", "status": "SUCCEEDED", "read": "x"},
)
async def _placeholders(ask: Ask) -> object:
    names = {f"Kind{number}": name for number, name in enumerate(ask.place.target)}
    values = {f"Value{number}": value for number, value in enumerate(ask.place.target.values())}
    target = {f"${{Kind{number}}}": f"${{Value{number}}}" for number in range(len(names))}
    submission = {**target, "Sqls": _SQLS, "Parameters": _VALUES}
    definition = machines.statement_machine(submission, {}, ("FINISHED",))
    stack = await machines.stack(ask, definition, {**names, **values})
    if stack["StackStatus"] != "CREATE_COMPLETE":
        return {"stack": stack["StackStatus"], "status": "", "read": stack["StackStatusReason"] or ""}
    ended = await machines.execution(ask, stack["Outputs"][0]["OutputValue"])
    return {"stack": stack["StackStatus"], "status": ended["status"], "read": _read(ended)}


@step_functions.probe(
    "stopped-after-its-end",
    "StopExecution of an execution that has ended changes nothing.",
    source=NOT_DOCUMENTED,
    expects={"before": "SUCCEEDED", "after": "SUCCEEDED"},
)
async def _stopped_after_its_end(ask: Ask) -> object:
    made = needed(await machines.machine(ask, _PASS))
    ended = await machines.execution(ask, made["stateMachineArn"])
    inputs = {"executionArn": ended["executionArn"]}
    stopped = await ask.service(machines.STATES, "StopExecution", {**inputs, "cause": "a question"})
    after = needed(await ask.service(machines.STATES, "DescribeExecution", inputs))
    answer = {"before": ended["status"], "after": after["status"]}
    return Observed(answer, {"outcome of the stop": stopped.outcome})


@step_functions.probe(
    "history",
    "GetExecutionHistory lists the events in their order, the first one first.",
    source="https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html",
    expects={"first": "ExecutionStarted", "last": "ExecutionSucceeded", "ascending": True},
)
async def _history(ask: Ask) -> object:
    made = needed(await machines.machine(ask, _PASS))
    ended = await machines.execution(ask, made["stateMachineArn"])
    inputs = {"executionArn": ended["executionArn"], "maxResults": 1000}
    events = needed(await ask.service(machines.STATES, "GetExecutionHistory", inputs))["events"]
    ids = [event["id"] for event in events]
    return {"first": events[0]["type"], "last": events[-1]["type"], "ascending": ids == sorted(ids)}
