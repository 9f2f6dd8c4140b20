"""CSV is read as it was written: NULL stays NULL, and an empty text a text, in plain Python and in Arrow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_redshift.data_api.results.arrow import record_batch
from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.data_api.results.csv_text import records, without_header
from prefect_redshift.exceptions import ResultError

TEXTS = st.none() | st.text(
    alphabet=st.one_of(
        st.sampled_from(",\"\r\n \\;é'"), st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    ),
    max_size=8,
)


def written(rows: list[list[str | None]], end: str = "\r\n") -> str:
    def field(text: str | None) -> str:
        if text is None:
            return ""
        quoted = not text or any(mark in text for mark in ',"\r\n')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return "".join(",".join(map(field, row)) + end for row in rows)


def tables(width: int) -> st.SearchStrategy[list[list[str | None]]]:
    return st.lists(st.lists(TEXTS, min_size=width, max_size=width), max_size=6)


@given(st.integers(1, 4).flatmap(tables), st.sampled_from(["\r\n", "\n"]))
def test_any_table_comes_back(rows: list[list[str | None]], end: str) -> None:
    width = len(rows[0]) if rows else 1
    text = written(rows, end)
    assert list(records(text, width)) == rows
    columns = [Column(name="same", type_name="varchar")] * width
    batch = record_batch(text, columns)
    assert batch.schema.names == ["same"] * width
    assert [list(row) for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)] == rows


@given(st.lists(st.text(alphabet='a,"\n ', min_size=1), min_size=1, max_size=4), tables(2))
def test_a_header_is_taken_off_and_nothing_else(names: list[str], rows: list[list[str | None]]) -> None:
    body = written(rows)
    assert without_header(written([list(names)]) + body, names) == body
    assert without_header(body, ["no", "such"]) == body


def test_a_record_of_another_width_is_an_error() -> None:
    with pytest.raises(ResultError, match="has 3 fields, not 2"):
        list(records("1,2\r\n1,2,3\r\n", 2))


def test_the_last_record_needs_no_line_break() -> None:
    assert list(records("a,b\nc,", 2)) == [["a", "b"], ["c", None]]
