"""How a definition is laid out."""

import json

from prefect_redshift.state_machine import json_text


def test_what_fits_on_a_line_is_on_one() -> None:
    assert json_text({"a": [1, 2], "b": {"c": None}}) == '{"a": [1, 2], "b": {"c": null}}\n'


def test_a_state_is_laid_out_member_by_member_and_a_wait_is_not() -> None:
    states = {"s": {"Type": "Task", "Next": "w"}, "w": {"Type": "Wait", "Seconds": 1}}
    assert json_text(states) == (
        '{\n  "s": {\n    "Type": "Task",\n    "Next": "w"\n  },\n  "w": {"Type": "Wait", "Seconds": 1}\n}\n'
    )


def test_long_values_are_broken_up_and_stay_what_they_are() -> None:
    value = {"texts": [f"text number {number}" for number in range(40)], "deep": [{"key": "x" * 200}, {}]}
    text = json_text(value)
    assert json.loads(text) == value
    lines = [line for line in text.splitlines() if "x" * 200 not in line]
    assert max(map(len, lines)) <= 150
    assert sum("text number" in line for line in lines) < 10
