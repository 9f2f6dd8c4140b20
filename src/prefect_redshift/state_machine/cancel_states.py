"""The states to which every failure leads: they cancel what still runs, and make sure that it has ended."""

from prefect_redshift.state_machine.names import CANCEL, StateNames
from prefect_redshift.state_machine.tasks import State, States, call, equals, rule

_CANCEL_PAGE, _DECIDE, _DONE = "cancel_statements", "are_statements_cancelled", "statements_cancelled"
_MORE, _LATE = "list_more_statements", "wait_for_late_statements"
# The member of a statement's outcome in which its id is.
_ENDED, _LEFT = "ended", "may_still_run"
# How often a statement that is to be cancelled is looked at, and the pause between, in seconds.
_LOOKS, _PAUSE = 60, 1


def cancel_states(names: StateNames) -> States:
    """Return the states from `CANCEL` to the failure, or to the end of an execution that only cancels.

    The statements of an execution run on when it ends, so that they are listed by its name and cancelled one by one. An
    end that cannot be confirmed within a minute is told in the cause.
    """
    listing = {"StatementName.$": "States.Format('{}/', $cancel)", "Status": "ALL", "MaxResults": 100}
    return {
        CANCEL: {
            "Comment": "What ends an execution does not end its SQL: all statements of one are looked at.",
            **_list(listing, names.failure),
        },
        _MORE: _list({**listing, "NextToken.$": "$.listed.NextToken"}, names.failure),
        _CANCEL_PAGE: _cancel_page(),
        _DECIDE: _decide(names),
        _LATE: {
            "Type": "Wait",
            "Comment": "A call that was under way may have submitted one more.",
            "Seconds": _PAUSE,
            "Assign": {"looked_twice": True},
            "Next": CANCEL,
        },
        _DONE: {"Type": "Pass", "Parameters": {"cancelled.$": "$cancel"}, "End": True},
        names.failure: {"Type": "Fail", "ErrorPath": "$error", "CausePath": "$cause"},
    }


def _list(parameters: dict[str, object], failure: str) -> State:
    told = _told("Its statements may still run, because they cannot be listed: {}", "$.Cause")
    on_error = [{"ErrorEquals": ["States.ALL"], "Assign": told, "ResultPath": None, "Next": failure}]
    return call("listStatements", parameters, ResultPath="$.listed", Catch=on_error, Next=_CANCEL_PAGE)


def _told(sentence: str, value: str) -> dict[str, str]:
    """Return the variables of the failure, with one more sentence in its cause."""
    return {
        "error": "StatementsMayStillRun",
        "cause.$": f"States.Format('{{}} {sentence}', $cause, {value})",
    }


def _decide(names: StateNames) -> State:
    looked_twice = {"Variable": "$looked_twice", "BooleanEquals": True}
    is_any_left = {"Variable": "$.cancelled.left[0]", "IsPresent": True}
    told = _told("Statements that may still run: {}", "States.JsonToString($.cancelled.left)")
    return {
        "Type": "Choice",
        "Choices": [
            rule([is_any_left], names.failure, told),
            rule([{"Variable": "$.listed.NextToken", "IsPresent": True}], _MORE),
            rule([looked_twice, {"Variable": "$.cancel", "IsPresent": True}], _DONE),
            rule([looked_twice], names.failure),
        ],
        "Default": _LATE,
    }


def _cancel_page() -> State:
    item = "$$.Map.Item.Value"
    return {
        "Type": "Map",
        "ItemsPath": "$.listed.Statements",
        "ItemSelector": {"Id.$": f"{item}.Id", "statement": {"Status.$": f"{item}.Status"}},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": "has_statement_ended",
            "States": _cancel_one(),
        },
        "ResultSelector": {"left.$": f"$[*].{_LEFT}"},
        "ResultPath": "$.cancelled",
        "Next": _DECIDE,
    }


def _cancel_one() -> States:
    """Return the states that cancel one statement, again and again until it has ended.

    The service can refuse to cancel a statement that has not started yet, as it does one that has ended: the status
    tells them apart.
    """
    ended = rule([equals("$.statement.Status", "FINISHED", "FAILED", "ABORTED")], "statement_has_ended")
    on_error = {"ErrorEquals": ["States.ALL"], "ResultPath": None}
    identity = {"Id.$": "$.Id"}
    enough = rule([{"Variable": "$looks", "NumericGreaterThanEquals": _LOOKS}], "statement_may_still_run")
    return {
        "has_statement_ended": {
            "Type": "Choice",
            "Choices": [ended],
            "Assign": {"looks": 0},
            "Default": "cancel_statement",
        },
        "cancel_statement": call(
            "cancelStatement",
            identity,
            ResultPath=None,
            Catch=[{**on_error, "Next": "wait_for_its_end"}],
            Next="wait_for_its_end",
        ),
        "wait_for_its_end": {"Type": "Wait", "Seconds": _PAUSE, "Next": "cancelled_status_check"},
        "cancelled_status_check": call(
            "describeStatement",
            identity,
            ResultSelector={"Status.$": "$.Status"},
            ResultPath="$.statement",
            Assign={"looks.$": "States.MathAdd($looks, 1)"},
            Catch=[{**on_error, "Next": "statement_may_still_run"}],
            Next="is_statement_cancelled",
        ),
        "is_statement_cancelled": {
            "Type": "Choice",
            "Choices": [ended, enough],
            "Default": "cancel_statement",
        },
        "statement_has_ended": _outcome(_ENDED),
        "statement_may_still_run": _outcome(_LEFT),
    }


def _outcome(outcome: str) -> State:
    return {"Type": "Pass", "Parameters": {f"{outcome}.$": "$.Id"}, "End": True}
