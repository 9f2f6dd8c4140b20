"""Turns the engine's rows into the pages that GetStatementResult and GetStatementResultV2 hand out."""

import json
from collections.abc import Callable, Iterable
from json.encoder import encode_basestring_ascii as quoted  # the C function behind json.dumps

from psycopg.pq.abc import PGresult

from local_aws.data_api.results import columns

ROWS_A_PAGE = 1000
BYTES_A_PAGE = 1_000_000
BYTES_A_CHUNK = 1024 * 1024
MAX_ROW = 64 * 1024
MAX_DIGITS = 38
MAX_RESULT = 500 * 1024 * 1024
SUPER_MARK = "\x01"  # comes before everything but strings
NULL = '{"isNull":true}'
ODD_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})

Render = Callable[[bytes], str]


class ResultTooLarge(Exception):  # noqa: N818 - it becomes the statement's Error, not a programmer's
    """A result beyond the Data API's limits."""


class Pages:
    """Collects rows; hands each full page to `keep(number, body)`. `rows` and `size` count what has come."""

    def __init__(self, result_format: str, keep: Callable[[int, bytes], None]) -> None:
        self._as_json = result_format == "JSON"
        self._keep = keep
        self._rows: list[str] = []
        self._bytes = 0
        self._number = 0
        self._fields: list[Render] = []
        self.rows = 0
        self.size = 0

    def begin(self, result: PGresult) -> None:
        """Take the columns of a result and, for CSV, write its header."""
        kinds = [columns.facts(result.ftype(i)).kind for i in range(result.nfields)]
        self._fields = [(JSON_FIELDS if self._as_json else CSV_FIELDS)[kind] for kind in kinds]
        if not self._as_json:
            self._append_line(_csv_line(csv_text(result.fname(i) or b"") for i in range(result.nfields)))

    def add(self, result: PGresult) -> None:
        """Take the rows of one chunk; raise ResultTooLarge beyond 64 KB a row or 500 MB in all."""
        width = result.nfields
        for number in range(result.ntuples):
            values = [result.get_value(number, column) for column in range(width)]
            size = sum(len(value) for value in values if value is not None)
            if size > MAX_ROW:
                raise ResultTooLarge(
                    f"ERROR: Row size {size} exceeds the Data API's limit of {MAX_ROW} bytes a row"
                )
            self.size += size
            self.rows += 1
            if self.size > MAX_RESULT:
                raise ResultTooLarge(f"ERROR: Result size exceeds the Data API's limit of {MAX_RESULT} bytes")
            self._append(values, size)

    def finish(self) -> None:
        """Hand out the last page; an empty result has one, too."""
        if self._rows or self._number == 0:
            self._flush()

    def _append(self, values: list[bytes | None], size: int) -> None:
        pairs = zip(self._fields, values, strict=True)
        if not self._as_json:
            self._append_line(_csv_line("" if v is None else f(v) for f, v in pairs))
            return
        self._rows.append("[" + ",".join(NULL if v is None else f(v) for f, v in pairs) + "]")
        self._bytes += size
        if len(self._rows) >= ROWS_A_PAGE or self._bytes >= BYTES_A_PAGE:
            self._flush()

    def _append_line(self, line: str) -> None:
        # Chunks of CSV are of 1 MB, however many rows that is.
        size = len(line.encode())
        if self._bytes + size > BYTES_A_CHUNK and self._rows:
            self._flush()
        self._rows.append(line)
        self._bytes += size

    def _flush(self) -> None:
        if self._as_json:
            body = "[" + ",".join(self._rows) + "]"
        elif self.rows == 0:
            body = "[]"
        else:
            body = '[{"CSVRecords":' + quoted("".join(self._rows)) + "}]"
        self._keep(self._number, body.encode())
        self._number += 1
        self._rows.clear()
        self._bytes = 0


def csv_text(value: bytes) -> str:
    """Return a text as a CSV field: quoted where it holds a comma, a quote or a line break, and when it is empty."""
    text = value.decode()
    if text and not any(mark in text for mark in ',"\r\n'):
        return text
    return '"' + text.replace('"', '""') + '"'


def _csv_line(fields: Iterable[str]) -> str:
    return ",".join(fields) + "\r\n"


def _double(value: bytes) -> str:
    text = value.decode()
    # JSON has no such numbers; AWS's JSON protocol spells them as strings.
    return f'{{"doubleValue":{quoted(text) if text in ODD_NUMBERS else text}}}'


def _string(value: bytes) -> str:
    return '{"stringValue":' + quoted(value.decode()) + "}"


def _decimal(value: bytes) -> bytes:
    """Return a decimal; the engine's may have more digits than Redshift's can."""
    if len(value) > MAX_DIGITS and len(value.translate(None, b"-.").removeprefix(b"0")) > MAX_DIGITS:
        raise ResultTooLarge("ERROR: 128 bit numeric data overflow")
    return value


def _super(value: bytes) -> bytes:
    return super_text(value.decode()).encode()


def super_text(kept: str) -> str:
    """Return the JSON of a SUPER value, which the engine keeps as compat/33_super.sql says."""
    return kept[1:] if kept.startswith(SUPER_MARK) else json.dumps(kept, ensure_ascii=False)


JSON_FIELDS: dict[str, Render] = {
    "long": lambda value: f'{{"longValue":{value.decode()}}}',
    "double": _double,
    "boolean": lambda value: '{"booleanValue":true}' if value == b"t" else '{"booleanValue":false}',
    "string": _string,
    "hex": lambda value: _string(value[2:]),
    "super": lambda value: _string(_super(value)),
    "decimal": lambda value: _string(_decimal(value)),
}
CSV_FIELDS: dict[str, Render] = {
    "long": bytes.decode,
    "double": bytes.decode,
    "boolean": lambda value: "true" if value == b"t" else "false",
    "string": csv_text,
    "hex": lambda value: csv_text(value[2:]),
    "super": lambda value: csv_text(_super(value)),
    "decimal": lambda value: csv_text(_decimal(value)),
}
