"""The text formats of UNLOAD: delimited, CSV and JSON."""

import json
import re
from collections.abc import Callable, Sequence
from typing import BinaryIO

from local_aws.data_api.results.rendering import super_text
from local_aws.transfer.options import Options

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_NUMBERS = frozenset(("int2", "int4", "int8", "numeric", "float4", "float8", "oid"))
# What the engine prints otherwise; of bytes it is their mark, \\x.
_SHOWN: dict[str, Callable[[str], str]] = {"super": super_text, "varbyte": lambda value: value[2:]}
BYTES_A_WRITE = 1 << 16

Line = Callable[[list[str | None]], str]


def fields(line: bytes) -> list[str | None]:
    """Return the fields of a line as the engine's COPY prints it."""
    text = line.decode()[:-1]
    values: list[str | None] = text.split("\t")  # type: ignore[assignment]
    if "\\" not in text:
        return values
    return [None if value == "\\N" else unescaped(value or "") for value in values]


def unescaped(field: str) -> str:
    """Return a field without the escapes of the engine's COPY."""
    return _ESCAPE.sub(lambda escape: _NAMED.get(escape[1], escape[1]), field)


class TextWriter:
    """Writes lines into a stream; `types` are Redshift's names of the columns' types."""

    def __init__(self, stream: BinaryIO, line: Line, types: Sequence[str], header: str | None) -> None:
        self._stream = stream
        self._line = line
        self._shown = [(number, _SHOWN[name]) for number, name in enumerate(types) if name in _SHOWN]
        self._lines = [] if header is None else [header]
        self._size = 0

    def add(self, lines: Sequence[bytes]) -> None:
        """Write rows as the engine's COPY prints them."""
        for printed in lines:
            row = fields(printed)
            for number, show in self._shown:
                row[number] = None if (value := row[number]) is None else show(value)
            line = self._line(row)
            self._lines.append(line)
            self._size += len(line)
            if self._size >= BYTES_A_WRITE:
                self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self._stream.close()

    def _flush(self) -> None:
        self._stream.write("".join(self._lines).encode())
        self._lines.clear()
        self._size = 0


def writer(
    stream: BinaryIO, names: Sequence[str], types: Sequence[tuple[str, int, int]], options: Options
) -> TextWriter:
    """Return the writer of the format that the options name."""
    kinds = [name for name, _, _ in types]
    if options.has("json"):
        return TextWriter(stream, _json(names, types), kinds, None)
    line = _csv(options) if options.has("csv") else _delimited(options)
    return TextWriter(stream, line, kinds, line(list(names)) if options.has("header") else None)


def _csv(options: Options) -> Line:
    delimiter = options.text("delimiter", ",")
    special = re.compile(f'[{re.escape(delimiter)}"\r\n]')

    def spelt(value: str) -> str:
        return '"' + value.replace('"', '""') + '"' if special.search(value) else value

    return _joined(delimiter, options.text("null"), spelt)


def _delimited(options: Options) -> Line:
    delimiter = options.text("delimiter", "|")
    quote = '"' if options.has("addquotes") else ""
    escaped = re.compile(f"[{re.escape(delimiter)}\\\\\r\n{quote}']" if options.has("escape") else r"(?!)")
    return _joined(
        delimiter, options.text("null"), lambda value: quote + escaped.sub(r"\\\g<0>", value) + quote
    )


def _joined(delimiter: str, null: str, spelt: Callable[[str], str]) -> Line:
    return lambda row: delimiter.join([null if value is None else spelt(value) for value in row]) + "\n"


def _json(names: Sequence[str], types: Sequence[tuple[str, int, int]]) -> Line:
    keys = [json.dumps(name, ensure_ascii=False) + ":" for name in names]
    kinds = [name for name, _, _ in types]

    def value(text: str | None, kind: str) -> str:
        if text is None:
            return "null"
        if kind == "bool":
            return "true" if text == "t" else "false"
        if kind == "super":
            return text
        return text if kind in _NUMBERS and text[-1:].isdigit() else json.dumps(text, ensure_ascii=False)

    def line(row: list[str | None]) -> str:
        members = [key + value(text, kind) for key, text, kind in zip(keys, row, kinds, strict=True)]
        return "{" + ",".join(members) + "}\n"

    return line
