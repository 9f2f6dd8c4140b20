"""The states that load: one after the other, and at once where a job's order allows it."""

from collections.abc import Sequence
from itertools import count

from prefect_redshift.pipeline.job import Job, Step
from prefect_redshift.state_machine.levels import levels_of
from prefect_redshift.state_machine.names import CANCEL, StateNames, ended
from prefect_redshift.state_machine.statement_states import (
    RUN_DATE_PARAMETER,
    Scope,
    Statement,
    Way,
    outcome,
    submit_state,
    waiting_states,
)
from prefect_redshift.state_machine.tasks import State, States, catch, joined


def load_states(job: Job, scope: Scope, following: str) -> tuple[str, States]:
    """Return the first state's name and all states of a job's loads; the last leads to `following`."""
    names, levels = scope.names, levels_of(job)
    number = count(1)
    entries = [
        names.of(level[0].name) if len(level) == 1 else names.parallel(next(number)) for level in levels
    ]
    states: States = {}
    for level, entry, then in zip(levels, entries, [*entries[1:], following], strict=True):
        if len(level) == 1:
            states = joined(states, _load(level[0], scope, then))
        else:
            states = joined(states, {entry: _parallel(level, names, then)})
    return entries[0], states


def _statement(step: Step) -> Statement:
    return Statement(
        step.name, {"Sqls.$": f"$steps.{step.name}"}, [RUN_DATE_PARAMETER] if step.each_day else []
    )


def _load(step: Step, scope: Scope, following: str) -> States:
    waiting = waiting_states(step.name, scope, [Way(following)], {ended(step.name): outcome()})
    return joined(submit_state(_statement(step), scope), waiting)


def _parallel(level: Sequence[Step], names: StateNames, following: str) -> State:
    return {
        "Type": "Parallel",
        "Comment": "All at once; if one fails, the statements of the others are cancelled.",
        "Branches": [{"StartAt": names.of(step.name), "States": _branch(step, names)} for step in level],
        "Assign": {f"{ended(step.name)}.$": f"$[{number}]" for number, step in enumerate(level)},
        "ResultPath": None,
        "Catch": catch(CANCEL),
        "Next": following,
    }


def _branch(step: Step, names: StateNames) -> States:
    scope = Scope(names, names.branch_failure(step.name), prefix="branch_", catches=False)
    end = names.branch_end(step.name)
    return joined(
        submit_state(_statement(step), scope),
        waiting_states(step.name, scope, [Way(end)]),
        {
            end: {"Type": "Pass", "Parameters": outcome(), "End": True},
            scope.failure: {"Type": "Fail", "ErrorPath": "$branch_error", "CausePath": "$branch_cause"},
        },
    )
