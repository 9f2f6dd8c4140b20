"""The states that read the execution's input, and find out the day that it asks for."""

from typing import Any

from prefect_redshift.state_machine.names import CANCEL, START, WRONG_INPUT
from prefect_redshift.state_machine.statement_states import (
    Scope,
    Statement,
    Way,
    submit_state,
    waiting_states,
)
from prefect_redshift.state_machine.tasks import States, call, catch, equals, is_text, rule

_SCHEDULED = "scheduled_run_date"
_READ_SCHEDULED = f"get_{_SCHEDULED}"
# A schedule tells its time in UTC, in ISO 8601: the warehouse knows which day that is in a time zone.
_SCHEDULED_SQL = (
    "select to_char(convert_timezone('UTC', :timezone, "
    "cast(left(replace(:scheduled_time, 'T', ' '), 19) as timestamp)), 'YYYY-MM-DD')"
)
# What every execution begins with. Its statements are those whose names begin with `cancel`.
_BEGIN = {
    "wait_seconds.$": "States.StringToJson('${WaitSeconds}')",
    "step_timeout_seconds.$": "States.StringToJson('${StepTimeoutSeconds}')",
    "cancel.$": "$$.Execution.Name",
    "looked_twice": False,
}
_SETUP = '"setup" may be "if_missing" (default) or "never"'
_DAY = (
    '{"run_date": "YYYY-MM-DD"}, or {"scheduled_time": "2026-11-22T05:00:00Z", "timezone": "Europe/Berlin"}'
)

# Redshift takes words such as tomorrow for a date.
_LIKE_A_DATE = {"Variable": "$.run_date", "StringMatches": "*-*-*"}
SETUP_IS_NEVER = [{"Variable": "$.setup", "IsPresent": True}, equals("$.setup", "never")]


def input_states(scope: Scope, following: str, *, for_a_day: bool, initial: dict[str, Any]) -> States:
    """Return the states that take the input, of which the first is `START`.

    Args:
        scope: The machine.
        following: Where they lead to; the variable `run_date` is set then, if the job loads days.
        for_a_day: Whether the job loads days.
        initial: Further variables that every execution begins with.
    """
    begin = {**_BEGIN, **initial}
    cancel = {"cancel.$": "$.cancel", "error": "", "cause": "", "looked_twice": False}
    rules = [
        rule(is_text("$.cancel"), CANCEL, cancel),
        rule(
            [
                {"Variable": "$.setup", "IsPresent": True},
                {"Not": equals("$.setup", "if_missing", "never")},
            ],
            WRONG_INPUT,
        ),
    ]
    if not for_a_day:
        start = {"Choices": rules, "Assign": begin, "Default": following}
        wrong = f"The input is {{}}; in it {_SETUP}."
        return _start("All of the job", start, wrong)
    rules += [
        rule([*is_text("$.run_date"), _LIKE_A_DATE], following, {**begin, "run_date.$": "$.run_date"}),
        rule([*is_text("$.scheduled_time"), *is_text("$.timezone")], _SCHEDULED, begin),
    ]
    start = {"Choices": rules, "Default": WRONG_INPUT}
    return _start(
        "One day to load, the scheduled time of such a day", start, f"The input is {_DAY}; with it {_SETUP}."
    ) | (_scheduled_run_date(scope, following))


def _start(asked: str, choice: dict[str, Any], wrong: str) -> States:
    comment = f"{asked}, or an earlier execution whose statements are to be cancelled."
    return {
        START: {"Type": "Choice", "Comment": comment, **choice},
        WRONG_INPUT: {"Type": "Fail", "Error": "WrongInput", "Cause": wrong},
    }


def _scheduled_run_date(scope: Scope, following: str) -> States:
    """Return the states that ask the warehouse which day a scheduled time is in its time zone."""
    parameters = [
        {"Name": "scheduled_time", "Value.$": "$.scheduled_time"},
        {"Name": "timezone", "Value.$": "$.timezone"},
    ]
    result = call(
        "getStatementResult",
        {"Id.$": "$id"},
        ResultPath=None,
        Assign={"run_date.$": "$.Records[0][0].StringValue"},
        Catch=catch(CANCEL),
        Next=following,
    )
    return {
        **submit_state(Statement(_SCHEDULED, {"Sql": _SCHEDULED_SQL}, parameters), scope),
        **waiting_states(_SCHEDULED, scope, [Way(_READ_SCHEDULED)]),
        _READ_SCHEDULED: result,
    }
