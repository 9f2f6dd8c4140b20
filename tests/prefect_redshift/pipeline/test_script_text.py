"""The parts of a script are found whatever its lines end in."""

import pytest

from prefect_redshift.pipeline.script_text import parts_of

LINES = ["-- step: first", "select 1; -- one; line", "select 2;", "-- step: second \t", "select 3;"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(end: str) -> None:
    parts = parts_of(end.join(LINES), "step", "steps.sql")
    assert list(parts) == ["first", "second"]
    assert [len(statements) for statements in parts.values()] == [2, 1]
    assert parts["second"] == ["select 3"]
