"""The states that run a job's checks, all in one statement, and read what they found."""

from prefect_redshift.pipeline.checks import COUNTED
from prefect_redshift.pipeline.job import Job
from prefect_redshift.state_machine.names import CANCEL, ended
from prefect_redshift.state_machine.statement_states import (
    RUN_DATE_PARAMETER,
    Scope,
    Statement,
    Way,
    outcome,
    submit_state,
    waiting_states,
)
from prefect_redshift.state_machine.tasks import State, States, call, catch, equals, rule

# Columns of a suite's result, whose rows begin with those that fail the run, then those that only warn.
_NAME, _SEVERITY, _STATUS, _SUMMARY = 0, 1, 2, 7
_ROWS = "$.checks.Records"


def check_states(job: Job, scope: Scope, following: str) -> States:
    """Return the states of the checks, the first of which has the name of the job's step that validates."""
    step = job.validate
    read, decide, failed = f"get_{step}_result", f"is_{step}_passed", f"{step}_failed"
    suite = Statement(
        step,
        {"Sqls.$": "$checks"},
        [RUN_DATE_PARAMETER] if job.facts else [],
        comment="All checks as one statement, which returns a row for each.",
    )
    result = call(
        "getStatementResult",
        # The checks are the last statement of their transaction.
        {"Id.$": "States.Format('{}:{}', $id, States.ArrayLength($.statement.SubStatements))"},
        ResultSelector={"Records.$": "$.Records"},
        ResultPath="$.checks",
        Catch=catch(CANCEL),
        Next=decide,
    )
    return {
        **submit_state(suite, scope),
        **waiting_states(step, scope, [Way(read)], {ended(step): outcome()}),
        read: result,
        decide: {
            "Type": "Choice",
            "Comment": "The rows of failed checks come first, then those that only warn.",
            "Choices": [
                rule(_first_row("fail"), failed, {"summaries.$": _summaries("fail")}),
                rule(_first_row("warn"), following, {"warnings.$": _summaries("warn")}),
            ],
            "Assign": {"warnings": []},
            "Default": following,
        },
        failed: {
            "Type": "Pass",
            "Assign": {
                "error": "ChecksFailed",
                "cause.$": "States.Format('{}: {}', $step, States.JsonToString($summaries))",
            },
            "Next": scope.failure,
        },
    }


def checks_found() -> dict[str, str]:
    """Return what the checks found, as the execution's output has it: names, statuses, and what those that warn say."""
    is_check = f"@[{_SEVERITY}].StringValue!='{COUNTED}'"
    return {
        "names.$": _those(is_check, _NAME),
        "statuses.$": _those(is_check, _STATUS),
        "warnings.$": "$warnings",
    }


def _first_row(severity: str) -> list[State]:
    """Return the conditions that the first row is of a check of that severity, and that it has not passed."""
    severity_of, status_of = (f"{_ROWS}[0][{column}].StringValue" for column in (_SEVERITY, _STATUS))
    return [equals(severity_of, severity), {"Not": equals(status_of, "passed")}]


def _summaries(severity: str) -> str:
    """Return the path of the summaries of the checks of that severity that have not passed."""
    condition = f"@[{_SEVERITY}].StringValue=='{severity}' && @[{_STATUS}].StringValue!='passed'"
    return _those(condition, _SUMMARY)


def _those(condition: str, column: int) -> str:
    return f"{_ROWS}[?({condition})][{column}].StringValue"
