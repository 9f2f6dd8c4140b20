"""Definitions of state machines: refused as Step Functions refuses them, and one name stands for one definition."""

import functools
import json
from collections.abc import Iterator
from typing import Any

from moto.core.exceptions import AWSError
from moto.stepfunctions.exceptions import StateMachineDoesNotExist
from moto.stepfunctions.parser.api import InvalidDefinition, InvalidExecutionInput
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local_aws.moto_patches import Original, replace, wrap

MISSING = "MISSING_TRANSITION_TARGET"


def apply() -> None:
    """Patch them."""
    backend = StepFunctionsParserBackend
    validate = functools.partial(_validate, backend._validate_definition)
    replace(backend, _validate_definition=staticmethod(validate))
    wrap(backend, create_state_machine=_create, start_execution=_start)


def _validate(validate: Original, definition: str) -> None:
    # moto looks at the syntax only, and lets a machine lead nowhere.
    try:
        validate(definition=definition)
    except InvalidDefinition as error:
        words = f"SCHEMA_VALIDATION_FAILED: {error.message}"
        raise InvalidDefinition(f"Invalid State Machine Definition: '{words}'") from None
    if problems := list(_problems(json.loads(definition), "")):
        raise InvalidDefinition(f"Invalid State Machine Definition: '{', '.join(problems)}'")


def _problems(machine: dict[str, Any], where: str) -> Iterator[str]:
    states = machine.get("States", {})
    reached = set()
    for member, target, place in _targets(machine, where):
        reached.add(target)
        if target not in states:
            yield f"{MISSING}: Missing '{member}' target: {target} at {place}"
    for name, state in states.items():
        here = f"{where}/States/{name}"
        if name not in reached:
            yield f'{MISSING}: State "{name}" is not reachable. at {here}'
        for number, branch in enumerate(state.get("Branches", ())):
            yield from _problems(branch, f"{here}/Branches[{number}]")
        for member in ("Iterator", "ItemProcessor"):
            if member in state:
                yield from _problems(state[member], f"{here}/{member}")


def _targets(machine: dict[str, Any], where: str) -> Iterator[tuple[str, str, str]]:
    if "StartAt" in machine:
        yield "StartAt", machine["StartAt"], f"{where}/StartAt"
    for name, state in machine.get("States", {}).items():
        here = f"{where}/States/{name}"
        sources = [(state, here)]
        for member in ("Choices", "Catch"):
            rules = enumerate(state.get(member, ()))
            sources += [(rule, f"{here}/{member}[{number}]") for number, rule in rules]
        for source, place in sources:
            for member in ("Next", "Default"):
                if member in source:
                    yield member, source[member], f"{place}/{member}"


def _create(backend: Any, create: Original, name: str, definition: str, *rest: Any, **more: Any) -> Any:
    # moto answers with the machine that has the name, whatever its definition.
    arn = f"arn:aws:states:{backend.region_name}:{backend.account_id}:stateMachine:{name}"
    try:
        existing = backend.describe_state_machine(arn)
    except StateMachineDoesNotExist:
        existing = None
    if existing and json.loads(existing.definition) != json.loads(definition):
        raise AWSError(f"State Machine Already Exists: '{arn}'", "StateMachineAlreadyExists")
    return create(backend, name, definition, *rest, **more)


def _start(backend: Any, start: Original, *wanted: Any, **more: Any) -> Any:
    try:
        return start(backend, *wanted, **more)
    except InvalidExecutionInput as error:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error.message}'") from None
