"""The check of the ways through a state machine."""

from typing import Any

import pytest

from prefect_redshift.state_machine import faults

END: dict[str, Any] = {"Type": "Succeed"}


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
    assert fault in faults({"StartAt": "a", "States": states})


def test_names_that_are_too_long_or_come_twice_are_found() -> None:
    inner = {"StartAt": "a", "States": {"a": END}}
    states = {"a": {"Type": "Parallel", "Branches": [inner], "Next": "b" * 81}, "b" * 81: END}
    assert faults({"StartAt": "a", "States": states}) == [
        "2 states are called a",
        f"the name {'b' * 81} has more than 80 characters",
    ]
