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

from botocore.config import Config

from local_aws.moto_patches import patch

ONCE = Config(retries={"total_max_attempts": 1})
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
            boto3.client, region_name="us-east-1", endpoint_url=f"http://{host}:{port}", config=ONCE
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


def refused(call: Callable[..., Any], **request: Any) -> str | None:
    """Return the name of the error that a call ends with, None for none."""
    from botocore.exceptions import ClientError
    from botocore.parsers import ResponseParserError

    try:
        call(**request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except ResponseParserError:
        return "a page of HTML"
    return None


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
    """Return what a choice has assigned to v, as the history tells."""
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
    return refused(functools.partial(moto.stack, template), **parameters) is None


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


def definition(**state: Any) -> str:
    """Return the definition of a machine with one state."""
    return json.dumps({"StartAt": "a", "States": {"a": state}})


PASS = {"Type": "Pass", "End": True}


@fault
def a_wrong_definition_is_refused_without_a_name(moto: Moto) -> bool:
    create = moto.states.create_state_machine
    return refused(create, name="n", definition="{", roleArn=ROLE) != "InvalidDefinition"


@fault
def a_machine_may_lead_nowhere(moto: Moto) -> bool:
    nowhere = definition(Type="Pass", Next="b")
    return refused(moto.states.create_state_machine, name="n", definition=nowhere, roleArn=ROLE) is None


@fault
def a_state_may_be_out_of_reach(moto: Moto) -> bool:
    far = json.dumps({"StartAt": "a", "States": {"a": PASS, "b": PASS}})
    return refused(moto.states.create_state_machine, name="far", definition=far, roleArn=ROLE) is None


@fault
def another_definition_under_a_name_is_dropped(moto: Moto) -> bool:
    create = functools.partial(moto.states.create_state_machine, name="taken", roleArn=ROLE)
    create(definition=definition(**PASS))
    create(definition=definition(**PASS))
    return refused(create, definition=definition(Type="Succeed")) != "StateMachineAlreadyExists"


@fault
def a_wrong_input_is_refused_without_a_name(moto: Moto) -> bool:
    arn = moto.machine({"Type": "Succeed"})
    return refused(moto.states.start_execution, stateMachineArn=arn, input="{") != "InvalidExecutionInput"


@fault
def an_execution_may_have_any_name(moto: Moto) -> bool:
    arn = moto.machine({"Type": "Succeed"})
    return refused(moto.states.start_execution, stateMachineArn=arn, name="a b") != "InvalidName"


@fault
def a_request_may_be_of_any_length(moto: Moto) -> bool:
    arn = moto.machine({"Type": "Succeed"})
    named = {"name": "n" * 81, "stateMachineArn": arn}
    return refused(moto.states.start_execution, **named) != "ValidationException"


@fault
def an_output_that_is_a_text_is_no_json(moto: Moto) -> bool:
    return moto.run({"Type": "Pass", "Result": "text"}).get("output") != '"text"'


@fault
def an_output_that_is_null_is_left_out(moto: Moto) -> bool:
    return (
        moto.end(
            moto.states.start_execution(stateMachineArn=moto.machine(PASS), name="n", input="null")[
                "executionArn"
            ]
        ).get("output")
        != "null"
    )


@fault
def a_timeout_has_no_time(moto: Moto) -> bool:
    return "stopDate" not in moto.run({"Type": "Wait", "Seconds": 30}, TimeoutSeconds=1)


TRUST = {"Version": "2012-10-17", "Statement": []}
MACHINE_ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}


def stack_machine(text: Any, **properties: Any) -> dict[str, Any]:
    """Return a state machine of a template."""
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": ROLE, "DefinitionString": text, **properties},
    }


@fault
def a_get_att_cannot_be_a_list(moto: Moto) -> bool:
    body = "Resources:\n  A: {Type: 'AWS::SQS::Queue'}\nOutputs:\n  B: {Value: !GetAtt [A, QueueName]}\n"
    made = moto.client("cloudformation")
    return refused(made.create_stack, StackName="att", TemplateBody=body) is not None


@fault
def a_condition_of_a_condition_is_never_true(moto: Moto) -> bool:
    body = (
        "Conditions:\n  A: !Equals [a, a]\n  B: !And [!Condition A, !Equals [a, a]]\n"
        "Resources:\n  Q: {Type: 'AWS::SQS::Queue', Condition: B, Properties: {QueueName: conditional}}\n"
    )
    moto.client("cloudformation").create_stack(StackName="condition", TemplateBody=body)
    return not moto.client("sqs").list_queues(QueueNamePrefix="conditional").get("QueueUrls")


@fault
def a_resource_whose_condition_is_false_is_listed(moto: Moto) -> bool:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {}}
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    name = moto.stack({"Conditions": never, "Resources": {"Q": queue, "W": queue | {"Condition": "Never"}}})
    listed = moto.client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    return len(listed) > 1


@fault
def a_type_that_is_unknown_is_left_out(moto: Moto) -> bool:
    return accepted(moto, {"Resources": {"X": {"Type": "AWS::Nothing::Known"}}})


@fault
def a_ref_may_lead_nowhere(moto: Moto) -> bool:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Nothing"}}}
    made = moto.client("cloudformation")
    template = json.dumps({"Resources": {"Q": queue}})
    return refused(made.create_stack, StackName="ref", TemplateBody=template) != "ValidationError"


@fault
def a_creation_that_failed_goes_on_for_ever(moto: Moto) -> bool:
    made = moto.client("cloudformation")
    resources = {"Q": {"Type": "AWS::SQS::Queue"}, "M": stack_machine("{")}
    refused(made.create_stack, StackName="failed", TemplateBody=json.dumps({"Resources": resources}))
    try:
        return bool(
            made.describe_stacks(StackName="failed")["Stacks"][0]["StackStatus"] != "ROLLBACK_COMPLETE"
        )
    except made.exceptions.ClientError:
        return True


@fault
def a_change_that_failed_is_left_half_made(moto: Moto) -> bool:
    resources = {"Q": {"Type": "AWS::SQS::Queue"}, "M": stack_machine(definition(**PASS))}
    name = moto.stack({"Resources": resources})
    worse = {"Other": {"Type": "AWS::SQS::Queue"}, "M": stack_machine("{")}
    made = moto.client("cloudformation")
    refused(made.update_stack, StackName=name, TemplateBody=json.dumps({"Resources": worse}))
    kept = {
        found["LogicalResourceId"]
        for found in made.describe_stack_resources(StackName=name)["StackResources"]
    }
    [stack] = made.describe_stacks(StackName=name)["Stacks"]
    return (stack["StackStatus"], kept) != ("UPDATE_ROLLBACK_COMPLETE", {"Q", "M"})


@fault
def a_log_group_s_change_is_lost(moto: Moto) -> bool:
    def template(days: int, result: int) -> str:
        log = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "g", "RetentionInDays": days}}
        text = definition(**PASS, Result=result)
        destination = {"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["L", "Arn"]}}}
        logging = {"Level": "ERROR", "Destinations": [destination]}
        return json.dumps({"Resources": {"L": log, "M": stack_machine(text, LoggingConfiguration=logging)}})

    made = moto.client("cloudformation")
    made.create_stack(StackName="logs", TemplateBody=template(7, 1))
    failed = refused(made.update_stack, StackName="logs", TemplateBody=template(14, 2))
    [group] = moto.client("logs").describe_log_groups(logGroupNamePrefix="g")["logGroups"]
    return failed is not None or group["retentionInDays"] != 14


@fault
def a_machine_of_a_stack_has_no_tags_of_it(moto: Moto) -> bool:
    machine = stack_machine(
        definition(**PASS), StateMachineName="tagged", Tags=[{"Key": "own", "Value": "1"}]
    )
    moto.client("cloudformation").create_stack(
        StackName="tags",
        TemplateBody=json.dumps({"Resources": {"M": machine}}),
        Tags=[{"Key": "of-stack", "Value": "2"}],
    )
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:tagged"
    if not moto.backend().state_machines:
        return True
    return len(moto.backend().list_tags_for_resource(arn)["tags"]) != 2


@fault
def a_machine_has_no_arn_to_get(moto: Moto) -> bool:
    template = {"Resources": {"M": stack_machine(definition(**PASS))}}
    return not accepted(moto, template | {"Outputs": {"A": {"Value": {"Fn::GetAtt": ["M", "Arn"]}}}})


@fault
def a_stack_of_a_change_set_has_no_outputs(moto: Moto) -> bool:
    template = {**QUEUE, "Parameters": {"P": {"Type": "String"}}, "Outputs": {"O": {"Value": {"Ref": "P"}}}}
    made = moto.client("cloudformation")
    named = {"StackName": "set", "ChangeSetName": "set"}
    given = [{"ParameterKey": "P", "ParameterValue": "p"}]
    made.create_change_set(
        **named, TemplateBody=json.dumps(template), Parameters=given, ChangeSetType="CREATE"
    )
    made.execute_change_set(**named)
    [stack] = made.describe_stacks(StackName="set")["Stacks"]
    return [output["OutputValue"] for output in stack.get("Outputs", [])] != ["p"]


VARIABLE = {"Parameters": {"P": {"Type": "Number", "Default": 1}, "O": {"Type": "String", "Default": "o"}}}


def changed(moto: Moto, resources: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what a stack has after its parameter P has become 2, by logical id; names of queues are in their URLs."""
    template = {**VARIABLE, **(more or {}), "Resources": resources}
    name = moto.stack(template)
    made = moto.client("cloudformation")
    given = [{"ParameterKey": "P", "ParameterValue": "2"}]
    refused(made.update_stack, StackName=name, TemplateBody=json.dumps(template), Parameters=given)
    found = made.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}


def queue(**more: Any) -> dict[str, Any]:
    """Return a queue of a template."""
    return {"Type": "AWS::SQS::Queue", **more}


@fault
def a_parameter_in_a_text_is_no_change(moto: Moto) -> bool:
    text = definition(**PASS, Comment="${P}")
    made = changed(moto, {"M": stack_machine({"Fn::Sub": text})})
    machines = {machine.arn: machine for machine in moto.backend().state_machines}
    return made["M"] not in machines or '"Comment": "2"' not in machines[made["M"]].definition


@fault
def a_condition_that_changes_changes_nothing(moto: Moto) -> bool:
    conditions = {
        "One": {"Fn::Equals": [{"Ref": "P"}, 1]},
        "Two": {"Fn::Not": [{"Condition": "One"}]},
    }
    both = {"A": queue(Condition="One"), "B": queue(Condition="Two"), "C": queue()}
    return {name for name, made in changed(moto, both, {"Conditions": conditions}).items() if made} != {
        "B",
        "C",
    }


@fault
def a_resource_that_cannot_be_updated_is_forgotten(moto: Moto) -> bool:
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allowed]}
    policy = {"PolicyDocument": document, "Description": {"Ref": "P"}}
    made = changed(moto, {"M": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy}})
    [stack] = moto.client("cloudformation").describe_stacks()["Stacks"][-1:]
    kept = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    return not made.get("M") or (stack["StackStatus"], kept["P"]) != ("UPDATE_ROLLBACK_COMPLETE", "1")


@fault
def a_change_set_of_nothing_is_carried_out(moto: Moto) -> bool:
    template = {**VARIABLE, "Resources": {"Q": queue()}}
    name, made = moto.stack(template, O="other"), moto.client("cloudformation")
    given = [{"ParameterKey": key, "UsePreviousValue": True} for key in ("P", "O")]
    named = {"StackName": name, "ChangeSetName": "nothing"}
    wanted = {"TemplateBody": json.dumps(template), "Parameters": given, "ChangeSetType": "UPDATE"}
    if refused(made.create_change_set, **named, **wanted):
        return True
    return bool(made.describe_change_set(**named)["Status"] != "FAILED")


@fault
def a_queue_of_a_stack_is_elsewhere(moto: Moto) -> bool:
    return "amazonaws" in changed(moto, {"Q": queue()})["Q"]


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
