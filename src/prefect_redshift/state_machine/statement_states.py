"""The states of one statement: submit it, wait, ask for its status, and decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prefect_redshift.state_machine.names import StateNames
from prefect_redshift.state_machine.tasks import State, States, call, catch, equals, rule, submission

RUN_DATE_PARAMETER = {"Name": "run_date", "Value.$": "$run_date"}
# No wait is longer, in seconds, by more than the first one.
_LONGEST_WAIT = 30
_STATUS = "$.statement.Status"


@dataclass(frozen=True)
class Way:
    """A way on: to a state, where all conditions hold."""

    following: str
    conditions: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Scope:
    """Where statements run one after the other: the machine itself, or a branch of a Parallel.

    A branch cannot assign the machine's variables, so that its own have other names.

    Attributes:
        failure: The state that a failure leads to.
        catches: Whether a call that is refused leads there as well; from a branch it leads out of the Parallel.
    """

    names: StateNames
    failure: str
    prefix: str = ""
    catches: bool = True

    def variable(self, name: str) -> str:
        """Return the scope's own name of a variable."""
        return f"{self.prefix}{name}"


@dataclass(frozen=True)
class Statement:
    """A statement that the machine runs.

    Attributes:
        step: The step's name, which the state that submits it has.
        sql: The member `Sql` of ExecuteStatement or `Sqls` of BatchExecuteStatement.
        parameters: The values of the SQL's parameters.
        comment: What a reader of the definition should know.
    """

    step: str
    sql: Mapping[str, Any]
    parameters: Sequence[Mapping[str, str]] = field(default=())
    comment: str = ""


def submit_state(statement: Statement, scope: Scope, waits_in: str | None = None) -> States:
    """Return the state that submits a statement (API: ExecuteStatement, BatchExecuteStatement).

    Args:
        statement: The statement.
        scope: Where it runs.
        waits_in: The step whose states wait for it, by default its own.
    """
    operation = (
        "batchExecuteStatement"
        if any(key.startswith("Sqls") for key in statement.sql)
        else "executeStatement"
    )
    following = scope.names.wait(waits_in or statement.step)
    assign = {
        scope.variable("step.$"): "$$.State.Name",
        scope.variable("id.$"): "$.Id",
        scope.variable("wait.$"): "$wait_seconds",
        scope.variable("seconds_left.$"): "$step_timeout_seconds",
    }
    state = call(operation, submission(statement.sql, statement.parameters), ResultPath=None, Assign=assign)
    comment = {"Comment": statement.comment} if statement.comment else {}
    return {scope.names.of(statement.step): {**comment, **state, **_on_error(scope), "Next": following}}


def waiting_states(
    step: str, scope: Scope, ways: Sequence[Way], assign: Mapping[str, Any] | None = None
) -> States:
    """Return the states that wait for a step's statement, ask for its status, and decide.

    A status that nobody knows is not an end. A statement that has not ended after `StepTimeoutSeconds` of waiting leads
    to the failure, like one that ended otherwise than FINISHED.

    Args:
        step: The step's name.
        scope: Where it runs.
        ways: Where a statement that has finished leads to; the last has no conditions.
        assign: The variables that are then assigned.
    """
    names = scope.names
    wait, look, decide = names.wait(step), names.status_check(step), names.is_complete(step)
    # There is an intrinsic function that adds, and none that subtracts.
    wait_negated = f"States.StringToJson(States.Format('-{{}}', ${scope.variable('wait')}))"
    left = scope.variable("seconds_left")
    status = call(
        "describeStatement",
        {"Id.$": f"${scope.variable('id')}"},
        ResultPath="$.statement",
        Assign={f"{left}.$": f"States.MathAdd(${left}, {wait_negated})"},
    )
    finished = equals(_STATUS, "FINISHED")
    return {
        wait: {"Type": "Wait", "SecondsPath": f"${scope.variable('wait')}", "Next": look},
        look: {**status, **_on_error(scope), "Next": decide},
        decide: {
            "Type": "Choice",
            "Choices": [
                *(rule([finished, *way.conditions], way.following, assign) for way in ways),
                *_failures(scope),
                _lengthening(scope, wait),
            ],
            "Default": wait,
        },
    }


def _failures(scope: Scope) -> list[State]:
    """Return the rules for a statement that ended otherwise than FINISHED, or does not end."""
    error, cause, step = (scope.variable(name) for name in ("error.$", "cause.$", "step"))
    told = f"${step}, $.statement.Id, $.statement.Status"
    ended = equals(_STATUS, "FAILED", "ABORTED")
    with_words = {
        error: _STATUS,
        cause: f"States.Format('{{}}: statement {{}} ended {{}}: {{}}', {told}, $.statement.Error)",
    }
    without = {error: _STATUS, cause: f"States.Format('{{}}: statement {{}} ended {{}}.', {told})"}
    late = {
        scope.variable("error"): "StepTimeout",
        cause: f"States.Format('{{}}: statement {{}} was {{}} after {{}} seconds of waiting.', {told}, "
        "$step_timeout_seconds)",
    }
    deadline = {"Variable": f"${scope.variable('seconds_left')}", "NumericLessThanEquals": 0}
    return [
        rule([ended, {"Variable": "$.statement.Error", "IsPresent": True}], scope.failure, with_words),
        rule([ended], scope.failure, without),
        rule([deadline], scope.failure, late),
    ]


def _lengthening(scope: Scope, wait: str) -> State:
    variable = scope.variable("wait")
    longer = {f"{variable}.$": f"States.MathAdd(${variable}, $wait_seconds)"}
    return rule([{"Variable": f"${variable}", "NumericLessThan": _LONGEST_WAIT}], wait, longer)


def _on_error(scope: Scope) -> dict[str, Any]:
    return {"Catch": catch(scope.failure)} if scope.catches else {}


def outcome() -> dict[str, Any]:
    """Return how the statement that was looked at ended, as the execution's output has it."""
    return {"Id.$": "$.statement.Id", "Status.$": _STATUS, "Duration.$": "$.statement.Duration"}
