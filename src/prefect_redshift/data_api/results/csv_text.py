"""The CSV of GetStatementResultV2 into texts; Python's own reader cannot tell NULL from the empty string."""

import re
from collections.abc import Iterator, Sequence

from prefect_redshift.exceptions import ResultError

_FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\n|\r|\Z)')


def records(text: str, width: int) -> Iterator[list[str | None]]:
    """Yield the records of a page; None is NULL: a field of no characters, not even quotes.

    Raises:
        ResultError: A record has not `width` fields.
    """
    for fields, _ in _records(text):
        if len(fields) != width:
            raise ResultError(f"A record of the CSV has {len(fields)} fields, not {width}.")
        yield fields


def without_header(text: str, names: Sequence[str]) -> str:
    """Return the first page without its first record, if that is the columns' names."""
    first = next(_records(text), None)
    return text[first[1] :] if first and [field or "" for field in first[0]] == list(names) else text


def _records(text: str) -> Iterator[tuple[list[str | None], int]]:
    """Yield each record, and where the next one begins."""
    fields: list[str | None] = []
    for match in _FIELD.finditer(text):
        if match.start() == len(text) and not fields:
            return
        quoted, plain, separator = match.groups()
        fields.append(quoted.replace('""', '"') if quoted is not None else plain or None)
        if separator != ",":
            yield fields, match.end()
            fields = []
