"""The state machine's definition, `state_machine.asl.json`: its placeholders, and what nobody else checks of it."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("state_machine.asl.json")
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_STEP = re.compile(r"\$steps\.(\w+)(\[0\])?")
_SCRIPT = re.compile(r'"\$\{Prefix\}/(\w+)\.json"')
States = Mapping[str, Mapping[str, Any]]


def text() -> str:
    """The definition with its placeholders, `${Name}`, which CloudFormation fills in (DefinitionSubstitutions)."""
    return FILE.read_text()


def placeholders(definition: str) -> set[str]:
    """The names of the placeholders."""
    return set(_PLACEHOLDER.findall(definition))


def filled(definition: str, values: Mapping[str, str]) -> str:
    """The definition as CloudFormation fills it in."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], definition)


def steps_run(definition: str) -> Mapping[str, bool]:
    """The steps of steps.sql that the machine runs, and whether it takes only the first statement of each."""
    return {name: bool(first) for name, first in _STEP.findall(definition)}


def scripts_read(definition: str) -> list[str]:
    """The scripts that the machine reads from S3, by their names without an ending."""
    return _SCRIPT.findall(definition)


def faults(machine: Mapping[str, Any]) -> list[str]:
    """What is wrong with the ways through a machine: targets that do not exist, states that are never entered.

    Neither CloudFormation's linter nor the stand-in looks for it.
    """
    states: States = machine["States"]
    ways = {name: set(_targets(state)) for name, state in states.items()}
    found = [
        f"{name} leads to {target}, which does not exist"
        for name in ways
        for target in ways[name] - set(states)
    ]
    reached: set[str] = set()
    ahead = {machine["StartAt"]}
    while ahead:
        reached |= ahead
        ahead = {target for name in ahead if name in ways for target in ways[name]} - reached
    found += [f"{machine['StartAt']} does not exist"] if machine["StartAt"] not in states else []
    found += [f"{name} is never entered" for name in states if name not in reached]
    found += [
        f"{name} neither ends nor leads on"
        for name, state in states.items()
        if not ways[name] and state["Type"] not in ("Succeed", "Fail") and not state.get("End")
    ]
    return found + [fault for inner in _inner_machines(states) for fault in faults(inner)]


def all_states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every state by its name, those of branches and of maps too."""
    yield from machine["States"].items()
    for inner in _inner_machines(machine["States"]):
        yield from all_states(inner)


def actions(machine: Mapping[str, Any]) -> set[str]:
    """The API operations that the machine calls, as `service:operation` in Step Functions' own spelling."""
    resources = [str(state["Resource"]) for _, state in all_states(machine) if "Resource" in state]
    return {resource.partition(":::aws-sdk:")[2] for resource in resources}


def load(definition: str) -> dict[str, Any]:
    """The definition as a JSON object."""
    machine: dict[str, Any] = json.loads(definition)
    return machine


def _targets(state: Mapping[str, Any]) -> Iterator[str]:
    ways = [state, *state.get("Choices", []), *state.get("Catch", [])]
    for way in ways:
        yield from (way[key] for key in ("Next", "Default") if key in way)


def _inner_machines(states: States) -> Iterator[Mapping[str, Any]]:
    for state in states.values():
        yield from state.get("Branches", [])
        if "ItemProcessor" in state:
            yield state["ItemProcessor"]
