"""Single states of the machine, as Amazon States Language (JSONPath) writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from prefect_redshift.exceptions import PipelineError

State = dict[str, Any]
States = dict[str, State]

# What passes by itself: the limits on statements and sessions in flight, throttling, and faults of the service.
_DATA_API_ERRORS = [
    "RedshiftData.ActiveStatementsExceededException",
    "RedshiftData.ActiveSessionsExceededException",
    "RedshiftData.InternalServerException",
    "RedshiftData.ThrottlingException",
    "RedshiftData.RedshiftDataException",
    "RedshiftData.SdkClientException",
]
_S3_ERRORS = ["S3.SdkClientException", "S3.S3Exception"]
_WAREHOUSE = {"${TargetKind}": "${Target}", "Database": "${Database}", "${LoginKind}": "${Login}"}
_MOMENT = "$$.Execution.Id, $$.State.Name, $$.State.EnteredTime"
# The statement's name begins with the execution's, by which it is found and cancelled; the token keeps a submission
# that is tried again from running twice.
_IDENTITY = {
    "StatementName.$": "States.Format('{}/{}', $$.Execution.Name, $$.State.Name)",
    "ClientToken.$": f"States.Hash(States.Format('{{}} {{}} {{}}', {_MOMENT}), 'SHA-256')",
}


def call(operation: str, parameters: Mapping[str, Any], **members: Any) -> State:
    """Return a state that calls an operation of the Data API, in Step Functions' own spelling, until it is answered."""
    ways = {key: value for key, value in members.items() if key in ("Catch", "Next")}
    others = {key: value for key, value in members.items() if key not in ways}
    return {
        "Type": "Task",
        "Resource": f"arn:${{Partition}}:states:::aws-sdk:redshiftdata:{operation}",
        "Parameters": dict(parameters),
        **others,
        "Retry": [_retry(_DATA_API_ERRORS, attempts=8, longest=60)],
        **ways,
    }


def read(object_name: str, variable: str, following: str) -> State:
    """Return a state that reads an object of S3, which holds JSON, into a variable (API: GetObject)."""
    return {
        "Type": "Task",
        "Resource": "arn:${Partition}:states:::aws-sdk:s3:getObject",
        "Parameters": {"Bucket": "${Bucket}", "Key": f"${{Prefix}}/{object_name}"},
        "ResultPath": None,
        "Assign": {f"{variable}.$": "States.StringToJson($.Body)"},
        "Retry": [_retry(_S3_ERRORS, attempts=4, longest=30)],
        "Next": following,
    }


def submission(sql: Mapping[str, Any], parameters: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the parameters of ExecuteStatement or BatchExecuteStatement.

    Args:
        sql: The member `Sql` or `Sqls`.
        parameters: The values of the SQL's parameters; each has to be used.
    """
    given = {"Parameters": list(parameters)} if parameters else {}
    return {**_WAREHOUSE, **sql, **given, **_IDENTITY}


def catch(following: str) -> list[dict[str, Any]]:
    """Return the member Catch that keeps any error in the variables `error` and `cause`, and goes on."""
    kept = {"error.$": "$.Error", "cause.$": "$.Cause"}
    return [{"ErrorEquals": ["States.ALL"], "Assign": kept, "ResultPath": None, "Next": following}]


def equals(variable: str, *texts: str) -> dict[str, Any]:
    """Return the condition that a text is one of several."""
    rules = [{"Variable": variable, "StringEquals": text} for text in texts]
    return rules[0] if len(rules) == 1 else {"Or": rules}


def is_text(variable: str) -> list[dict[str, Any]]:
    """Return the conditions that there is a text."""
    return [{"Variable": variable, "IsPresent": True}, {"Variable": variable, "IsString": True}]


def rule(
    conditions: Sequence[Mapping[str, Any]], following: str, assign: Mapping[str, Any] | None = None
) -> State:
    """Return a rule of a Choice: where all conditions hold, it assigns variables and goes on."""
    every = dict(conditions[0]) if len(conditions) == 1 else {"And": list(conditions)}
    return {**every, **({"Assign": dict(assign)} if assign else {}), "Next": following}


def joined(*parts: States) -> States:
    """Return the states of all parts.

    Raises:
        PipelineError: Two of them have the same name.
    """
    states: States = {}
    for part in parts:
        if twice := states.keys() & part.keys():
            raise PipelineError(
                f"Two states of the state machine would be called {min(twice)}: rename the step, or give the state "
                "another name in state_names."
            )
        states |= part
    return states


def _retry(errors: Sequence[str], *, attempts: int, longest: int) -> dict[str, Any]:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": 1,
        "BackoffRate": 2,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": longest,
        "JitterStrategy": "FULL",
    }
