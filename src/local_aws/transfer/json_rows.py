"""Rows of JSON files: objects one after another, or in an array."""

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from local_aws.transfer.semistructured import DECODER, serialized
from local_aws.transfer.table import Column
from local_aws.transfer.text_rows import Row
from local_aws.transfer.transfer_errors import RejectedRow, TransferProblem

PIECE = 1 << 18
_GAP = re.compile(r"[\s,\[\]]*")
_SPACE = re.compile(r"\s*")
_STEP = re.compile(r"\.([^.\[]+)|\[\s*(?:(\d+)|'([^']*)'|\"([^\"]*)\")\s*\]")

Values = Callable[[Any], list[str | None]]


def rows(file: BinaryIO, values: Values) -> Iterator[Row]:
    """Read a file; the line of a row is its number among the objects."""
    for number, item in enumerate(_items(io.TextIOWrapper(file, "utf-8-sig", "surrogateescape")), start=1):
        yield number, item if isinstance(item, RejectedRow) else values(item)


def _items(text: io.TextIOWrapper) -> Iterator[Any]:
    buffer, at, in_array = text.read(PIECE), 0, None
    while True:
        if in_array is None and (start := _SPACE.match(buffer)):
            # Objects in an array are rows; an array of anything else is itself a row, for paths such as $[0].
            in_array = re.match(r"\s*\[\s*\{", buffer) is not None
            at = start.end()
        gap = (_GAP if in_array else _SPACE).match(buffer, at)
        at = gap.end() if gap else at
        try:
            item, at = DECODER.raw_decode(buffer, at)
        except ValueError as error:
            more = text.read(PIECE)
            if more:
                buffer, at = buffer[at:] + more, 0
                continue
            if at < len(buffer):
                code = 1220 if "surrogate" in str(error) else 1206
                yield RejectedRow(code, "Invalid value.", None, buffer[at : at + 100])
            return
        yield item


def by_name(columns: Sequence[Column], *, ignore_case: bool) -> Values:
    """JSON 'auto': keys are the columns' names; a missing one is NULL."""
    wanted = [(column.name.lower() if ignore_case else column.name, _maker(column)) for column in columns]

    def values(item: Any) -> list[str | None]:
        if not isinstance(item, dict):
            raise TransferProblem("JSON 'auto' needs objects")
        found = {key.lower(): value for key, value in item.items()} if ignore_case else item
        return [make(found.get(name)) for name, make in wanted]

    return values


def whole(columns: Sequence[Column]) -> Values:
    """JSON 'noshred': each object goes whole into the only column."""
    if [column.type for column in columns] != ["super"]:
        raise TransferProblem("JSON 'noshred' needs a table or column list with one SUPER column")
    return lambda item: [_serialized(item)]


def by_paths(source: BinaryIO, columns: Sequence[Column]) -> Values:
    """Return a JSONPaths file: one path for each column, in their order."""
    try:
        paths = [_path(path) for path in json.load(source)["jsonpaths"]]
    except (ValueError, KeyError, TypeError):
        raise TransferProblem(
            "Invalid JSONPath format: the file must be an object with a list 'jsonpaths'"
        ) from None
    if len(paths) != len(columns):
        raise TransferProblem(
            f"Number of jsonpaths and the number of columns should match. JSONPath size: {len(paths)},"
            f" Number of columns in table or column list: {len(columns)}"
        )
    makers = [_maker(column) for column in columns]
    return lambda item: [make(_follow(item, path)) for path, make in zip(paths, makers, strict=True)]


def _path(path: str) -> list[str | int]:
    steps: list[str | int] = []
    at = 1
    while path[:1] == "$" and (match := _STEP.match(path, at)):
        name, index, single, double = match.groups()
        steps.append(int(index) if index else name or single or double or "")
        at = match.end()
    if path[:1] != "$" or at != len(path):
        raise TransferProblem(f"Invalid JSONPath format: {path}")
    return steps


def _follow(item: Any, path: list[str | int]) -> Any:
    for step in path:
        if isinstance(step, int):
            item = item[step] if isinstance(item, list) and step < len(item) else None
        else:
            item = item.get(step) if isinstance(item, dict) else None
    return item


def text(value: Any) -> str | None:
    """Return a JSON value as a column takes it; objects and arrays as JSON."""
    return value if value is None or isinstance(value, str) else serialized(value)


def _maker(column: Column) -> Callable[[Any], str | None]:
    return _serialized if column.type == "super" else text


def _serialized(value: Any) -> str | None:
    """Return a JSON value as a SUPER column takes it."""
    return None if value is None else serialized(value)
