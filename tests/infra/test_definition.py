"""The check of the ways through a state machine."""

from typing import Any

import pytest

from infra import definition

END: dict[str, Any] = {"Type": "Succeed"}


def test_the_project_s_machine_has_no_faults() -> None:
    assert definition.faults(definition.load(definition.text())) == []


@pytest.mark.parametrize(
    ("states", "fault"),
    [
        ({"a": {"Type": "Pass", "Next": "b"}}, "a leads to b, which does not exist"),
        (
            {"a": {"Type": "Choice", "Choices": [{"Next": "c"}], "Default": "b"}, "c": END},
            "a leads to b, which does not exist",
        ),
        (
            {"a": {"Type": "Task", "End": True, "Catch": [{"Next": "b"}]}},
            "a leads to b, which does not exist",
        ),
        ({"a": END, "b": END}, "b is never entered"),
        ({"b": END}, "a does not exist"),
        ({"a": {"Type": "Pass"}}, "a neither ends nor leads on"),
        (
            {
                "a": {
                    "Type": "Parallel",
                    "End": True,
                    "Branches": [{"StartAt": "x", "States": {"x": {"Type": "Pass", "Next": "a"}}}],
                }
            },
            "x leads to a, which does not exist",
        ),
        (
            {
                "a": {
                    "Type": "Map",
                    "End": True,
                    "ItemProcessor": {"StartAt": "x", "States": {"x": END, "y": END}},
                }
            },
            "y is never entered",
        ),
    ],
)
def test_each_fault_is_found(states: dict[str, Any], fault: str) -> None:
    assert fault in definition.faults({"StartAt": "a", "States": states})
