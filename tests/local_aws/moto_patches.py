"""Run by itself: prints which faults that `moto_patches` patches are there, in moto as it is or patched."""

import functools
import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local_aws.moto_patches import patch

FAULTS: dict[str, Callable[["Moto"], bool]] = {}
ROLE = "arn:aws:iam::123456789012:role/r"
SDK = "arn:aws:states:::aws-sdk:"


def fault(probe: Callable[["Moto"], bool]) -> Callable[["Moto"], bool]:
    """Register a probe, which tells whether the fault of its name is there."""
    FAULTS[probe.__name__] = probe
    return probe


class Moto:
    """moto's own server in this process, with its interpreter switched on."""

    def __init__(self) -> None:
        import boto3
        from moto.core import config
        from moto.server import ThreadedMotoServer

        config.default_user_config["stepfunctions"] = {"execute_state_machine": True}
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        host, port = self.server.get_host_and_port()
        os.environ["MOTO_PORT"] = str(port)
        self.client: Callable[[str], Any] = functools.partial(
            boto3.client, region_name="us-east-1", endpoint_url=f"http://{host}:{port}"
        )
        self.states = self.client("stepfunctions")

    def backend(self) -> Any:
        """Return the interpreter's backend."""
        from moto.stepfunctions.parser.models import stepfunctions_parser_backends

        return stepfunctions_parser_backends["123456789012"]["us-east-1"]

    def machine(self, *states: dict[str, Any], **more: Any) -> str:
        """Make a machine of states in a row and return its ARN."""
        named = {f"s{number}": dict(state) for number, state in enumerate(states)}
        for number, state in enumerate(named.values()):
            if state["Type"] not in ("Fail", "Choice", "Succeed"):
                state |= {"Next": f"s{number + 1}"} if number + 1 < len(states) else {"End": True}
        definition = json.dumps({"StartAt": "s0", "States": named, **more})
        name = f"m{time.monotonic_ns()}"
        arn: str = self.states.create_state_machine(name=name, definition=definition, roleArn=ROLE)[
            "stateMachineArn"
        ]
        return arn

    def start(self, arn: str, given: Any = None, **more: Any) -> str:
        """Start an execution and return its ARN."""
        started = self.states.start_execution(stateMachineArn=arn, input=json.dumps(given or {}), **more)
        execution: str = started["executionArn"]
        return execution

    def end(self, execution: str) -> dict[str, Any]:
        """Wait for an execution's end and return its description."""
        deadline = time.monotonic() + 30
        while (found := self.states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise TimeoutError(execution)
            time.sleep(0.02)
        described: dict[str, Any] = found
        return described

    def run(self, *states: dict[str, Any], given: Any = None, **more: Any) -> dict[str, Any]:
        """Run states in a row to their end."""
        return self.end(self.start(self.machine(*states, **more), given, name="n"))

    def output(self, *states: dict[str, Any], given: Any = None) -> Any:
        """Return the output of states in a row, None if they do not succeed."""
        return json.loads(self.run(*states, given=given).get("output", "null"))

    def stack(self, template: dict[str, Any], **parameters: str) -> str:
        """Make a stack and return its name."""
        name = f"s{time.monotonic_ns()}"
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        self.client("cloudformation").create_stack(
            StackName=name, TemplateBody=json.dumps(template), Parameters=given
        )
        return name


@fault
def an_object_s_body_is_no_text(moto: Moto) -> bool:
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="etl")
    s3.put_object(Bucket="etl", Key="k", Body=b"text")
    task = {"Type": "Task", "Resource": f"{SDK}s3:getObject", "Parameters": {"Bucket": "etl", "Key": "k"}}
    return (moto.output(task) or {}).get("Body") != "text"


@fault
def redshiftdata_is_no_service(moto: Moto) -> bool:
    task = {"Type": "Task", "Resource": f"{SDK}redshiftdata:listStatements", "Parameters": {}}
    return "Unknown service" in moto.run(task).get("cause", "")


@fault
def members_keep_step_functions_case(moto: Moto) -> bool:
    task = {"Type": "Task", "Resource": f"{SDK}sfn:createActivity", "Parameters": {"Name": "activity"}}
    return "ActivityArn" not in (moto.output(task) or {})


@fault
def a_lost_connection_cannot_be_tried_again(moto: Moto) -> bool:
    port, os.environ["MOTO_PORT"] = os.environ["MOTO_PORT"], "9"
    try:
        return moto.run({"Type": "Task", "Resource": f"{SDK}sqs:listQueues"}).get("error") == "States.Runtime"
    finally:
        os.environ["MOTO_PORT"] = port


@fault
def variables_cannot_be_read(moto: Moto) -> bool:
    states = {"Type": "Pass", "Assign": {"a": {"b": [1]}}}, {"Type": "Pass", "Parameters": {"x.$": "$a.b[0]"}}
    return bool(moto.output(*states) != {"x": 1})


COMPARISON = {"Variable": "$.a", "NumericEquals": 1}


@fault
def a_rule_of_one_variable_assigns_nothing(moto: Moto) -> bool:
    return bool(assigned(moto, {"Choices": [{**COMPARISON, "Next": "s1", "Assign": {"v": 1}}]}) != "1")


def assigned(moto: Moto, choice: dict[str, Any]) -> Any:
    """What a choice has assigned to v, as the history tells."""
    states = {"s0": {"Type": "Choice", **choice}, "s1": {"Type": "Succeed"}}
    arn = moto.states.create_state_machine(
        name=f"m{time.monotonic_ns()}",
        definition=json.dumps({"StartAt": "s0", "States": states}),
        roleArn=ROLE,
    )["stateMachineArn"]
    execution = moto.start(arn, {"a": 1}, name="n")
    if moto.end(execution)["status"] != "SUCCEEDED":
        return None
    exits = [
        event["stateExitedEventDetails"]
        for event in moto.states.get_execution_history(executionArn=execution)["events"]
        if "stateExitedEventDetails" in event
    ]
    return exits[0].get("assignedVariables", {}).get("v")


@fault
def a_rule_assigns_from_its_own_truth(moto: Moto) -> bool:
    return bool(
        assigned(moto, {"Choices": [{"And": [COMPARISON], "Next": "s1", "Assign": {"v.$": "$.a"}}]}) != "1"
    )


@fault
def a_rule_that_leads_where_the_default_does_is_taken_for_it(moto: Moto) -> bool:
    rule = {"And": [COMPARISON], "Next": "s1", "Assign": {"v": 1}}
    return bool(assigned(moto, {"Choices": [rule], "Default": "s1", "Assign": {"v": 2}}) != "1")


@fault
def a_path_to_one_value_gives_a_list(moto: Moto) -> bool:
    state = {"Type": "Pass", "Parameters": {"x.$": "$.a[0].b"}}
    return bool(moto.output(state, given={"a": [{"b": 1}]}) != {"x": 1})


@fault
def a_fail_cannot_pass_on_an_error_of_step_functions(moto: Moto) -> bool:
    return moto.run({"Type": "Fail", "Error": "States.Timeout"}).get("error") != "States.Timeout"


@fault
def an_execution_without_a_name_is_called_none(moto: Moto) -> bool:
    return moto.start(moto.machine({"Type": "Succeed"})).endswith(":None")


@fault
def who_stops_an_execution_is_forgotten(moto: Moto) -> bool:
    execution = moto.start(moto.machine({"Type": "Wait", "Seconds": 30}), name="n")
    time.sleep(0.2)
    moto.states.stop_execution(executionArn=execution, error="e", cause="c")
    return moto.end(execution).get("error") != "e"


@fault
def an_error_after_the_stop_counts(moto: Moto) -> bool:
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped

    execution = moto.start(moto.machine({"Type": "Wait", "Seconds": 30}), name="n")
    time.sleep(0.2)
    [running] = [
        one
        for machine in moto.backend().state_machines
        for one in machine.executions
        if one.execution_arn == execution
    ]
    env = running.exec_worker.env
    env._program_state = ProgramStopped(datetime.now(UTC), "e", "c")
    env.set_error({"error": "States.Runtime"})
    return not isinstance(env.program_state(), ProgramStopped)


@fault
def a_timeout_has_no_error(moto: Moto) -> bool:
    return "error" not in moto.run({"Type": "Wait", "Seconds": 30}, TimeoutSeconds=1)


@fault
def a_history_has_one_page_and_one_order(moto: Moto) -> bool:
    done = moto.run({"Type": "Pass"}, {"Type": "Pass"})
    page = moto.states.get_execution_history(
        executionArn=done["executionArn"], maxResults=1, reverseOrder=True
    )
    return [event["type"] for event in page["events"]] != ["ExecutionSucceeded"]


def machine_of_stack(moto: Moto, **properties: Any) -> str:
    """Make a state machine by a stack and return its ARN."""
    name = f"m{time.monotonic_ns()}"
    machine = {"StateMachineName": name, "RoleArn": ROLE, **properties}
    moto.stack({"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine}}})
    return f"arn:aws:states:us-east-1:123456789012:stateMachine:{name}"


@fault
def the_interpreter_does_not_find_a_stack_s_machine(moto: Moto) -> bool:
    arn = machine_of_stack(moto, DefinitionString='{"StartAt": "a", "States": {"a": {"Type": "Succeed"}}}')
    try:
        moto.start(arn, name="n")
    except moto.states.exceptions.StateMachineDoesNotExist:
        return True
    return False


@fault
def a_definition_keeps_its_placeholders(moto: Moto) -> bool:
    from moto.stepfunctions.models import stepfunctions_backends

    text = '{"StartAt": "${A}", "States": {"${A}": {"Type": "Succeed"}}}'
    arn = machine_of_stack(moto, DefinitionString=text, DefinitionSubstitutions={"A": "x"})
    try:
        found = moto.states.describe_state_machine(stateMachineArn=arn)["definition"]
    except moto.states.exceptions.StateMachineDoesNotExist:
        found = stepfunctions_backends["123456789012"]["us-east-1"].describe_state_machine(arn).definition
    return "${A}" in found


@fault
def a_schedule_is_left_out_of_its_stack(moto: Moto) -> bool:
    schedule = {
        "Name": "daily",
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": ROLE, "RoleArn": ROLE},
    }
    moto.stack({"Resources": {"S": {"Type": "AWS::Scheduler::Schedule", "Properties": schedule}}})
    return not moto.client("scheduler").list_schedules()["Schedules"]


QUEUE = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}


def accepted(moto: Moto, template: dict[str, Any], **parameters: str) -> bool:
    """Whether a stack is made."""
    try:
        moto.stack(template, **parameters)
    except moto.client("cloudformation").exceptions.ClientError:
        return False
    return True


@fault
def rules_of_a_template_are_ignored(moto: Moto) -> bool:
    rule = {"Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "no"}]}
    return accepted(moto, {**QUEUE, "Rules": {"R": rule}})


@fault
def limits_of_parameters_are_ignored(moto: Moto) -> bool:
    return accepted(moto, {**QUEUE, "Parameters": {"P": {"Type": "Number", "MinValue": 5}}}, P="1")


@fault
def a_change_of_nothing_is_made(moto: Moto) -> bool:
    parameters = {"P": {"Type": "String", "Default": "p"}, "O": {"Type": "String"}}
    name = moto.stack({**QUEUE, "Parameters": parameters}, O="o")
    cloudformation = moto.client("cloudformation")
    template = json.dumps({**QUEUE, "Parameters": parameters})
    given = [{"ParameterKey": "O", "ParameterValue": "o"}]
    try:
        cloudformation.update_stack(StackName=name, TemplateBody=template, Parameters=given)
    except cloudformation.exceptions.ClientError:
        return False
    return True


def main() -> None:
    """Print each fault's name and whether it is there."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    moto = Moto()
    if "patched" in sys.argv:
        patch("stepfunctions")
        patch("cloudformation")
    json.dump({name: probe(moto) for name, probe in FAULTS.items()}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # moto's threads still wait


if __name__ == "__main__":
    main()
