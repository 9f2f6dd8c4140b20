"""What nobody else checks of a definition: the ways through it, and its names."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

States = Mapping[str, Mapping[str, Any]]
_MAX_NAME_CHARACTERS = 80


def faults(machine: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a machine: states that do not exist, are never entered or do not end, and wrong names.

    Neither CloudFormation's linter nor the stand-in looks for it.
    """
    names = Counter(name for name, _ in all_states(machine))
    twice = [f"{times} states are called {name}" for name, times in names.items() if times > 1]
    long = [
        f"the name {name} has more than {_MAX_NAME_CHARACTERS} characters"
        for name in names
        if len(name) > _MAX_NAME_CHARACTERS
    ]
    return [*_faults_of_ways(machine), *twice, *long]


def all_states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every state with its name, those of branches and of maps as well."""
    yield from machine["States"].items()
    for inner in _inner_machines(machine["States"]):
        yield from all_states(inner)


def operations(machine: Mapping[str, Any]) -> set[str]:
    """Return the API operations that the machine calls, as `service:operation` in Step Functions' own spelling."""
    resources = [str(state["Resource"]) for _, state in all_states(machine) if "Resource" in state]
    return {resource.partition(":::aws-sdk:")[2] for resource in resources}


def _faults_of_ways(machine: Mapping[str, Any]) -> list[str]:
    states: States = machine["States"]
    ways = {name: set(_targets(state)) for name, state in states.items()}
    found = [
        f"{name} leads to {target}, which does not exist"
        for name in ways
        for target in sorted(ways[name] - set(states))
    ]
    reached = _reached(machine["StartAt"], ways)
    found += [f"{machine['StartAt']} does not exist"] if machine["StartAt"] not in states else []
    found += [f"{name} is never entered" for name in states if name not in reached]
    found += [
        f"{name} neither ends nor leads on"
        for name, state in states.items()
        if not ways[name] and state["Type"] not in ("Succeed", "Fail") and not state.get("End")
    ]
    return found + [fault for inner in _inner_machines(states) for fault in _faults_of_ways(inner)]


def _reached(start: str, ways: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = {start}
    while ahead:
        reached |= ahead
        ahead = {target for name in ahead if name in ways for target in ways[name]} - reached
    return reached


def _targets(state: Mapping[str, Any]) -> Iterator[str]:
    ways = [state, *state.get("Choices", []), *state.get("Catch", [])]
    for way in ways:
        yield from (way[key] for key in ("Next", "Default") if key in way)


def _inner_machines(states: States) -> Iterator[Mapping[str, Any]]:
    for state in states.values():
        yield from state.get("Branches", [])
        if "ItemProcessor" in state:
            yield state["ItemProcessor"]
