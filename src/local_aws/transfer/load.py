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
from local_aws.transfer.rendering import rejected
from local_aws.transfer.source import Source, TooManyRejected
from local_aws.transfer.table import Table
from local_aws.transfer.transfer_errors import Place, RejectedRow, TransferProblem

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
    await connection.run(dialect.lock_statement(copy.table))
    target = await table.read(connection, copy)
    load = Load(copy, target, backend, report)
    command = (
        f"COPY {copy.table} ({target.column_list}) FROM STDIN WITH (FORMAT text, ON_ERROR ignore,"
        f" REJECT_LIMIT {load.reject_limit}, LOG_VERBOSITY verbose)"
    )
    loaded = 0
    with connection.heard_by(load.hear), suppress(TooManyRejected):
        try:
            loaded = await copy_in(connection, command, load.pieces())
        except EngineError as error:
            if "REJECT_LIMIT" not in error.message:
                raise
    await load.judge()
    return loaded


class Load:
    """The rows of one COPY on their way into the engine, and those that are left out; raises as `run`."""

    def __init__(self, copy: Copy, target: Table, backend: Any, report: Report) -> None:
        if copy.options.number("maxerror") > MAX_ERRORS:
            raise TransferProblem(f"MAXERROR must be between 0 and {MAX_ERRORS}")
        self._target = target
        self._report = report
        self._allowed = max(copy.options.number("maxerror") - 1, 0)
        self._source = Source(backend, copy, target, self._allowed)
        self._skipped: list[tuple[int, str, str]] = []

    @property
    def reject_limit(self) -> int:
        """Return how many rows the engine may leave out; it wants to be allowed at least one."""
        return max(self._allowed, 1)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the rows in the engine's COPY format; raise TooManyRejected or TransferProblem."""
        reading: Iterator[bytes] = self._source.pieces()
        # In a thread, so that other statements and requests go on meanwhile.
        while (piece := await asyncio.to_thread(next, reading, None)) is not None:
            yield piece
            if len(self._skipped) + len(self._source.rejected) > self._allowed:
                raise TooManyRejected

    def hear(self, _: str, message: str) -> bool:
        """Take a notice of the engine that tells of a row that it leaves out."""
        if match := _SKIPPED.match(message):
            self._skipped.append((int(match[1]), match[2], match[3] or ""))
        return match is not None

    async def judge(self) -> None:
        """Report the rows that were left out; raise TransferProblem when they are too many."""
        problems = self._problems()
        raw = await asyncio.to_thread(self._source.raw_lines, {place for place, _ in problems})
        rows = [
            _error_row(self._target, *problem) | {"raw_line": _shown(raw.get(problem[0], ""))}
            for problem in problems
        ]
        self._report(rows)
        if len(problems) > self._allowed:
            raise TransferProblem(
                f"Load into table '{self._target.name}' failed."
                "  Check 'stl_load_errors' system table for details."
            )

    def _problems(self) -> list[tuple[Place, RejectedRow]]:
        columns = self._target.columns
        numbers = {column.name: number for number, column in enumerate(columns)}
        found = list(self._source.rejected)
        for line, name, value in self._skipped:
            number = numbers[name]
            found.append((self._source.place(line), rejected(columns[number], number, value)))
        return found


def _error_row(target: Table, place: Place, problem: RejectedRow) -> dict[str, Any]:
    row = {
        "tbl": target.oid,
        "filename": place.file,
        "line_number": place.line,
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
