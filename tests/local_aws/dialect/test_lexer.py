import pytest

from local_aws.dialect.lexing.tokens import BODY, NAME, STRING, TEMPORARY, Tokens


def texts(sql: str) -> list[str]:
    tokens = Tokens(sql)
    return tokens.text[: tokens.end]


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "  ",
        "a  ",
        "select 'it''s', 'a\\'b', E'\\n' -- comment ' \n",
        "/* outer /* inner */ still */ select 1",
        "/* never closed /* ",
        "'unterminated",
        '"unterminated',
        "$$ never closed",
        "$tag$ body $$ $tag$ $1 a$b",
        "for i in 1..10 loop",
        "x::int := 1.5e3 || .5",
        "ünïcödé 'ß' \u2028 \0",
    ],
)
def test_joining_the_tokens_gives_back_the_input(sql: str) -> None:
    assert Tokens(sql).render() == sql


def test_literals_names_bodies_and_comments_are_opaque() -> None:
    tokens = Tokens("""select 'select', "SELECT", $$ select $$, #Select /* select */ -- select""")
    assert tokens.low[: tokens.end] == ["select", STRING, ",", NAME, ",", BODY, ",", TEMPORARY]


def test_an_escaped_quote_does_not_end_a_literal() -> None:
    assert texts(r"'a\'b', 'c'") == [r"'a\'b'", ",", "'c'"]


def test_a_range_is_not_two_numbers() -> None:
    assert texts("1..10") == ["1", "..", "10"]


def test_a_letter_e_only_begins_a_literal_where_it_is_a_word() -> None:
    assert texts("fee'x' e'\\n'") == ["fee", "'x'", "e'\\n'"]
