"""COPY: files in S3 into a table."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from typing import Any

from local_aws import dialect
from local_aws.engine.connection import Connection
from local_aws.engine.copying import copy_in
from local_aws.engine.libpq import EngineError
from local_aws.transfer import table
from local_aws.transfer.command import Copy
from local_aws.transfer.errors import Place, RejectedRow, TransferProblem
from local_aws.transfer.rendering import rejected
from local_aws.transfer.source import Source, TooManyRejected
from local_aws.transfer.table import Table

MAX_ERRORS = 100_000
# How the engine tells of a row that it leaves out; it cuts long values.
_SKIPPED = re.compile(
    r'skipping row due to data type incompatibility at line (\d+) for column "(.*?)": (?:"(.*)"|null input)',
    re.DOTALL,
)

Report = Callable[[list[dict[str, Any]]], None]


async def run(copy: Copy, connection: Connection, backend: Any, report: Report) -> int:
    """Load inside the transaction that is open; return the number of rows. `report` gets rows of stl_load_errors.

    Raises TransferProblem or EngineError; nothing is loaded then once the transaction is rolled back.
    """
    if copy.options.number("maxerror") > MAX_ERRORS:
        raise TransferProblem(f"MAXERROR must be between 0 and {MAX_ERRORS}")
    await connection.run(dialect.lock_statement(copy.table))
    target = await table.read(connection, copy)
    allowed = max(copy.options.number("maxerror") - 1, 0)
    source = Source(backend, copy, target, allowed)
    skipped: list[tuple[int, str, str]] = []
    loaded = 0
    with suppress(TooManyRejected):
        try:
            pieces = _pieces(source, connection, skipped, allowed)
            loaded = await copy_in(connection, _command(copy, target, allowed), pieces)
        except EngineError as error:
            if "REJECT_LIMIT" not in error.message:
                raise
    _listen(connection, skipped)
    problems = _problems(source, target, skipped)
    raw = await asyncio.to_thread(source.raw_lines, {place for place, _ in problems})
    report(
        [_error_row(target, *problem) | {"raw_line": _shown(raw.get(problem[0], ""))} for problem in problems]
    )
    if len(problems) > allowed:
        raise TransferProblem(
            f"Load into table '{target.name}' failed.  Check 'stl_load_errors' system table for details."
        )
    return loaded


def _command(copy: Copy, target: Table, allowed: int) -> str:
    names = ", ".join('"' + column.name.replace('"', '""') + '"' for column in target.columns)
    return (
        f"COPY {copy.table} ({names}) FROM STDIN WITH (FORMAT text, ON_ERROR ignore,"
        f" REJECT_LIMIT {max(allowed, 1)}, LOG_VERBOSITY verbose)"
    )


async def _pieces(
    source: Source, connection: Connection, skipped: list[tuple[int, str, str]], allowed: int
) -> AsyncGenerator[bytes, None]:
    reading: Iterator[bytes] = source.pieces()
    # In a thread, so that other statements and requests go on meanwhile.
    while (piece := await asyncio.to_thread(next, reading, None)) is not None:
        yield piece
        _listen(connection, skipped)
        if len(skipped) + len(source.rejected) > allowed:
            raise TooManyRejected


def _listen(connection: Connection, skipped: list[tuple[int, str, str]]) -> None:
    for notice in connection.take_notices():
        if match := _SKIPPED.match(notice.message):
            skipped.append((int(match[1]), match[2], match[3] or ""))


def _problems(
    source: Source, target: Table, skipped: list[tuple[int, str, str]]
) -> list[tuple[Place, RejectedRow]]:
    numbers = {column.name: number for number, column in enumerate(target.columns)}
    found = list(source.rejected)
    for line, name, value in skipped:
        number = numbers[name]
        found.append((source.place(line), rejected(target.columns[number], number, value)))
    return found


def _error_row(target: Table, place: Place, problem: RejectedRow) -> dict[str, Any]:
    row = {
        "tbl": target.oid,
        "filename": place.file,
        "line_number": place.line,
        "colname": "",
        "type": "",
        "col_length": "",
        "position": 0,
        "raw_field_value": _shown(problem.value),
        "err_code": problem.code,
        "err_reason": problem.reason,
    }
    if problem.column is not None:
        column = target.columns[problem.column]
        kind = {"bpchar": "char"}.get(column.type, column.type)
        row |= {"colname": column.name, "type": kind, "col_length": str(column.size or "")}
    return row


def _shown(text: str) -> str:
    """Return a text without what the engine's own texts cannot hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
