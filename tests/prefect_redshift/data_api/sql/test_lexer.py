"""The lexer knows what is opaque, and what in a statement is a word or a parameter."""

import pytest

from prefect_redshift.data_api.sql.lexer import tokens
from prefect_redshift.data_api.sql.parameters import parameters_used, renamed, replaced, words

OPAQUE = [
    "-- :day",
    "/* :day */",
    "/* one /* :day */ two :day */",
    "'it''s :day'",
    r"'a backslash \' :day'",
    '"a "" name :day"',
    "$$ begin :day end $$",
    "$body$ $$ :day $$ $body$",
]


@pytest.mark.parametrize("opaque", OPAQUE)
def test_a_parameter_is_none_where_sql_is_opaque(opaque: str) -> None:
    sql = f"select {opaque}\n, :other"
    assert parameters_used(sql) == {"other"}
    assert renamed(sql, "day", "night") == sql
    assert "day" not in words(sql)


@pytest.mark.parametrize(
    ("sql", "used"),
    [
        ("select :day::date", {"day"}),
        ("select a::date, b :: int", set()),
        ("select :a+:b,:a", {"a", "b"}),
        ("select x in(:ids)", {"ids"}),
        ("select a$b$:day", {"day"}),
        ("x := 1", set()),
        ("select :_a1b", {"_a1b"}),
    ],
)
def test_casts_and_assignments_are_no_parameters(sql: str, used: set[str]) -> None:
    assert parameters_used(sql) == used


def test_only_whole_names_are_replaced() -> None:
    assert replaced("values (:a, :ab, :a::int, ':a')", {"a": "NULL"}) == "values (NULL, :ab, NULL::int, ':a')"


@pytest.mark.parametrize("start", ["'", '"', "$$", "$x$", "/*", "/* /* */"])
def test_what_has_no_end_goes_to_the_end_of_the_text(start: str) -> None:
    sql = f"select 1; {start} :day; "
    *_, last = tokens(sql)
    assert (last.kind, last.end) == ("unended", len(sql))
    assert parameters_used(sql) == set()
