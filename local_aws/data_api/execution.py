"""Runs the parts of one statement on one connection."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing

from psycopg.pq import ExecStatus

from local_aws import dialect
from local_aws.data_api import columns, parameters
from local_aws.data_api.results import Pages, ResultTooLarge
from local_aws.data_api.statement import Part, Statement
from local_aws.data_api.store import Store
from local_aws.engine.connection import Connection, EngineError

# What reaches beyond one database, and fails while somebody is connected or leaves stale sessions behind.
GLOBAL_CHANGE = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(drop|alter|create)\s+(database|user|role|group)\b",
    re.IGNORECASE | re.DOTALL,
)

CANCELLED = "Query cancelled on user's request"

Observer = Callable[[Statement, int, float, Part], None]


class Refusal(Exception):  # noqa: N818 - it becomes the statement's Error
    """Why a part failed, in Redshift's wording."""


class Execution:
    """One run of a statement: `run` it once; `cancel` may be called meanwhile."""

    def __init__(
        self, statement: Statement, store: Store, drop_idle: Callable[[], Awaitable[None]], observe: Observer
    ) -> None:
        self.statement = statement
        self.cancelled = False
        self.cancel_turn = asyncio.Lock()
        self._store = store
        self._drop_idle = drop_idle
        self._observe = observe

    async def run(self, connection: Connection) -> None:
        """Run every part; errors end up in the parts, not as exceptions."""
        statement = self.statement
        in_one = self._is_one_transaction()
        if in_one:
            # The dialect's own way to begin lets procedures know that they are in a transaction block.
            await connection.run(dialect.rewrite("BEGIN"))
        for number, part in enumerate(statement.parts):
            if not await self._run_part(connection, number, part) and (in_one or self.cancelled):
                break
        if in_one:
            await self._end_transaction(connection)

    def _is_one_transaction(self) -> bool:
        # A single statement is one anyway, and may be of those that refuse a transaction block.
        statement = self.statement
        if not statement.is_batch or statement.mode != "TRANSACTION":
            return False
        return len(statement.parts) > 1 or len(dialect.split(statement.parts[0].sql)) > 1

    async def _end_transaction(self, connection: Connection) -> None:
        last = self.statement.parts[-1]
        sound = all(part.status == "FINISHED" for part in self.statement.parts) and not self.cancelled
        try:
            if connection.in_transaction:
                await connection.run("COMMIT" if sound else "ROLLBACK")
        except EngineError as error:
            last.move("FAILED", _words(error))
            return
        if self.cancelled and not sound and last.status == "FINISHED":
            last.move("ABORTED", CANCELLED)

    async def _run_part(self, connection: Connection, number: int, part: Part) -> bool:
        if self.cancelled:
            return False
        part.move("STARTED")
        part.query_id = next(QUERY_IDS)
        started = time.time()
        clock = time.perf_counter_ns()
        try:
            await self._run_texts(connection, number, part)
            status, error = "FINISHED", None
        except (Refusal, ResultTooLarge) as refusal:
            status, error = "FAILED", str(refusal)
        part.duration = time.perf_counter_ns() - clock
        if status == "FAILED":
            self._forget_result(number, part)
            if self.cancelled:
                status = "ABORTED"
        part.move(status, error)
        self._observe(self.statement, number, started, part)
        return status == "FINISHED"

    async def _run_texts(self, connection: Connection, number: int, part: Part) -> None:
        # What the engine cannot do by itself (COPY, UNLOAD), and locks to take before a text, belong in this loop.
        texts = dialect.split(part.sql) if self.statement.is_batch else [part.sql]
        for text in texts:
            sql, values = self._prepare(text)
            if part.has_result:  # of a text before this one: a part shows the result of its last text
                self._forget_result(number, part)
            if GLOBAL_CHANGE.match(sql):
                await self._drop_idle()
            try:
                await self._run_text(connection, number, part, sql, values)
            except EngineError as error:
                raise Refusal(_words(error)) from None
            except ResultTooLarge:
                await connection.abandon()
                raise

    def _prepare(self, text: str) -> tuple[str, list[str]]:
        try:
            bound, values = parameters.bind(text, self.statement.parameters)
            return dialect.rewrite(bound), values
        except dialect.DialectError as error:
            raise Refusal(f"ERROR: {error}") from None
        except KeyError:
            raise Refusal('ERROR: syntax error at or near ":"') from None

    async def _run_text(
        self, connection: Connection, number: int, part: Part, sql: str, values: list[str]
    ) -> None:
        pages: Pages | None = None
        places: list[tuple[int, int]] = []
        affected = 0
        async with aclosing(connection.stream(sql, values)) as results:
            async for result in results:
                if result.nfields and pages is None:
                    pages = self._pages(number)
                    pages.begin(result)
                    part.columns, places = columns.of_result(result), columns.origins(result)
                if pages:
                    pages.add(result)
                elif result.status == ExecStatus.COMMAND_OK:
                    affected = result.command_tuples or 0
        if pages is None:
            part.has_result, part.rows, part.size, part.columns = False, affected, 0, []
            return
        pages.finish()
        part.has_result, part.rows, part.size = True, pages.rows, pages.size
        if any(oid for oid, _ in places):
            await columns.add_tables(connection, part.columns, places)

    def _pages(self, number: int) -> Pages:
        statement = self.statement

        def keep(page: int, body: bytes) -> None:
            self._store.add_page(statement.id, number, page, body)

        return Pages(statement.result_format, keep)

    def _forget_result(self, number: int, part: Part) -> None:
        part.has_result, part.rows, part.size, part.columns = False, -1, -1, []
        self._store.drop_pages(self.statement.id, number)


def _counter() -> Iterator[int]:
    number = int(time.time()) % 10**9 * 1000
    while True:
        number += 1
        yield number


QUERY_IDS = _counter()


def _words(error: EngineError) -> str:
    if error.severity == "FATAL":
        return f"FATAL: {error.message}"
    return dialect.error_text(
        error.sqlstate, error.message, error.detail or None, error.hint or None, error.context or None
    )
