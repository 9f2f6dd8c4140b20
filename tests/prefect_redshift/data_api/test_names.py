"""Names of statements and what they tell."""

import pytest

from prefect_redshift.data_api.running.names import StatementName, parse


def test_a_name_is_read_as_it_was_written() -> None:
    name = StatementName("sales/7f/LoadItemTable", 12, "0123abcd")
    assert str(name) == "sales/7f/LoadItemTable/12/0123abcd"
    assert parse(str(name)) == name


@pytest.mark.parametrize(
    "other", ["", "load", "load/1", "load/0/0123abcd", "load/1/0123abcg", "load/1/0123abc", "/1/0123abcd"]
)
def test_another_name_is_not_taken_for_one(other: str) -> None:
    assert parse(other) is None
