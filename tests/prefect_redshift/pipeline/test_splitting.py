"""Scripts are split where a statement ends, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_redshift.pipeline.splitting import split_statements

# Pieces that hold a semicolon which ends nothing.
OPAQUE = [
    "'a;b'",
    "'it''s; here'",
    "'back\\';slash'",
    '"a;b"',
    '"a""b;"',
    "$$ begin; end; $$",
    "$body$ select '$$;'; $body$",
    "-- a;b\n",
    "-- a;b\r\n",
    "-- a;b\r",
    "/* a;b */",
    "/* a /* nested; */ b; */",
]
WORDS = st.sampled_from(["select 1", "call p()", "x", "$1", "a$b", "a$b$c", "é$b$", "f$$"])
PIECES = st.lists(st.one_of(WORDS, st.sampled_from(OPAQUE)), min_size=1, max_size=5)


def has_code(pieces: list[str]) -> bool:
    return any(not piece.startswith(("--", "/*")) for piece in pieces)


@given(st.lists(PIECES, max_size=6))
def test_statements_come_back_as_they_were_joined(statements: list[list[str]]) -> None:
    texts = [" ".join(pieces) for pieces in statements]
    expected = [text.strip() for text, pieces in zip(texts, statements, strict=True) if has_code(pieces)]
    assert split_statements(";\n".join(texts) + ";") == expected
    assert split_statements("\n;".join(expected)) == expected


@given(st.text(alphabet=" ;'\"$-/*\\\n\rab", max_size=40))
def test_any_text_is_split_losslessly_or_refused(script: str) -> None:
    try:
        found = split_statements(script)
    except ValueError:
        return
    position = 0
    for statement in found:
        position = script.index(statement, position) + len(statement)
        assert statement == statement.strip() != ""
        # What was split off stays as it is when it is split again.
        assert split_statements(statement) == [statement]


@pytest.mark.parametrize("script", ["", "  \n", "-- only a comment", "/* a */ ; ;; -- b\n"])
def test_what_holds_no_statement_yields_none(script: str) -> None:
    assert split_statements(script) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(end: str) -> None:
    lines = ["-- first; comment", "select 1;", "-- second; comment", "select 2"]
    assert split_statements(end.join(lines)) == [
        end.join(lines[:2]).removesuffix(";"),
        end.join(lines[2:]),
    ]
    with pytest.raises(ValueError, match=r"in line 3 has no end"):
        split_statements(end.join(["select 1;", "", "select 2 'open"]))


def test_a_dollar_sign_inside_a_name_begins_no_body() -> None:
    assert split_statements("select a$b$c; select 1") == ["select a$b$c", "select 1"]
    assert split_statements("do $$a;$$$b$;$b$; select 1") == ["do $$a;$$$b$;$b$", "select 1"]


@pytest.mark.parametrize("start", ["'open", '"open', "$$ open", "$x$ open $$", "/* open /* */"])
def test_what_never_ends_is_named_with_its_line(start: str) -> None:
    with pytest.raises(ValueError, match=r"in line 3 has no end"):
        split_statements(f"select 1;\n\nselect 2 {start}")
