"""Rows of CSV, delimited and fixed-width files."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from local_aws.transfer.options import Options
from local_aws.transfer.transfer_errors import RejectedRow, TransferProblem

# (line, fields); a field is None where the file says NULL.
Row = tuple[int, "list[str | None] | RejectedRow"]
Split = Callable[[str], list[str | None]]

ENCODINGS = {
    "utf8": "utf-8-sig",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "iso88591": "iso-8859-1",
}
LONGEST_FIELD = 16 * 1024 * 1024
NULL = "\\N"


def rows(file: BinaryIO, options: Options) -> Iterator[Row]:
    """Read a file in the format that the options name."""
    lines = _lines(file, options)
    skipped = 0
    for _ in range(options.number("ignoreheader")):
        skipped += next(lines, None) is not None
    if options.has("csv"):
        return _csv(lines, skipped, options)
    if options.has("fixedwidth"):
        return _plain(lines, skipped, options, _fixed_width(options.text("fixedwidth")))
    return _plain(lines, skipped, options, _splitter(options))


def _lines(file: BinaryIO, options: Options) -> Iterator[str]:
    name = options.text("encoding", "utf8").lower()
    if name not in ENCODINGS:
        raise TransferProblem(f"local stand-in does not support ENCODING {name}")
    # What is no UTF-8 comes as lone surrogates, which are dealt with where their column is known.
    errors = "surrogateescape" if name == "utf8" else "replace"
    newline = "" if options.has("csv") else "\n"
    return io.TextIOWrapper(file, ENCODINGS[name], errors, newline=newline)


def _csv(lines: Iterable[str], skipped: int, options: Options) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_FIELD)
    null = options.text("null", NULL)
    quote = options.text("quote", '"')
    reader = csv.reader(lines, delimiter=options.text("delimiter", ","), quotechar=quote, strict=True)
    ignore_blank = options.has("ignoreblanklines")
    while True:
        line = reader.line_num + skipped + 1
        try:
            fields: list[str | None] = [*next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield line, RejectedRow(1214, "Invalid quote formatting for CSV")
            continue
        if not fields:
            if ignore_blank:
                continue
            fields = [""]
        if null in fields:
            fields = [None if field == null else field for field in fields]
        yield line, fields


def _plain(lines: Iterator[str], skipped: int, options: Options, split: Split) -> Iterator[Row]:
    line = skipped
    ignore_blank, escapes = options.has("ignoreblanklines"), options.has("escape")
    for text in lines:
        line += 1
        first = line
        while escapes and _ends_escaped(text) and (more := next(lines, None)) is not None:
            text += more
            line += 1
        text = text.removesuffix("\n").removesuffix("\r")
        if not (ignore_blank and not text.strip()):
            yield first, split(text)


def _ends_escaped(text: str) -> bool:
    body = text.removesuffix("\n")
    return text.endswith("\n") and (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _splitter(options: Options) -> Split:
    delimiter, null = options.text("delimiter", "|"), options.text("null", NULL)
    escapes, quotes = options.has("escape"), options.has("removequotes")
    if escapes or quotes:
        return _careful_splitter(delimiter, null, escapes=escapes, quotes=quotes)

    def split(text: str) -> list[str | None]:
        fields: list[str | None] = text.split(delimiter)  # type: ignore[assignment]
        return [None if field == null else field for field in fields] if null in fields else fields

    return split


def _careful_splitter(delimiter: str, null: str, *, escapes: bool, quotes: bool) -> Split:
    end = re.escape(delimiter)
    pair = r"\\[\s\S]|" if escapes else ""
    plain = rf"(?:{pair}(?!{end})[\s\S])*"
    quoted = "|".join(rf"{mark}(?:{pair}[^{mark}])*{mark}(?={end}|\Z)" for mark in "\"'") + "|"
    field = re.compile(rf"({quoted if quotes else ''}{plain})(?:{end}|(\Z))")
    escape = re.compile(r"\\([\s\S])")

    def value(text: str) -> str | None:
        if text == null:
            return None
        if quotes and len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
            text = text[1:-1]
        return escape.sub(r"\1", text) if escapes else text

    def split(text: str) -> list[str | None]:
        fields: list[str | None] = []
        for match in field.finditer(text):
            fields.append(value(match[1]))
            if match[2] is not None:
                break
        return fields

    return split


def _fixed_width(spec: str) -> Split:
    try:
        widths = [int(item.rpartition(":")[2]) for item in spec.split(",")]
    except ValueError:
        raise TransferProblem(f"Invalid FIXEDWIDTH specification '{spec}'") from None
    ends = [sum(widths[: number + 1]) for number in range(len(widths))]

    def split(text: str) -> list[str | None]:
        return [text[end - width : end].rstrip(" ") for end, width in zip(ends, widths, strict=True)]

    return split
