"""One connection to PostgreSQL on libpq itself: chunks of raw rows, table oids of columns, cancellation."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass

from psycopg import generators, pq
from psycopg.conninfo import make_conninfo
from psycopg.pq.abc import PGconn, PGresult

from local_aws.engine.libpq import EngineError, connect, engine_error, field, waited
from local_aws.engine.postmaster import SUPERUSER

__all__ = ["Answer", "Connection", "EngineError", "Notice", "rows"]

# Small enough that rendering a chunk does not keep others waiting.
ROWS_A_CHUNK = 200
_STATUS = pq.ExecStatus
GOOD = frozenset({_STATUS.COMMAND_OK, _STATUS.TUPLES_OK, _STATUS.TUPLES_CHUNK, _STATUS.EMPTY_QUERY})


@dataclass(frozen=True, slots=True)
class Notice:
    """What the server said beside a result; `severity` is DEBUG, LOG, INFO, NOTICE or WARNING."""

    severity: str
    message: str


# Told (SQLSTATE, message) of each notice while a statement runs; True takes the notice away.
Answer = Callable[[str, str], bool]
NOTICES_KEPT = 10_000


class Connection:
    """A connection to one database as one user. Not for concurrent use, but for `cancel`."""

    def __init__(self, handle: PGconn, answer: Answer) -> None:
        self.handle = handle
        self._answers = [answer]
        self._notices: deque[Notice] = deque(maxlen=NOTICES_KEPT)
        # libpq does not tell of an error while data go in, so a COPY has to know by itself that it is to stop.
        self.stopping = False
        # Whether quoted names keep their case, and whether the session ever spoke of that.
        self.keeps_case = self.speaks_of_case = False
        handle.notice_handler = self._hear

    @classmethod
    async def open(
        cls, sockets: str, database: str, user: str, answer: Answer = lambda *_: False
    ) -> "Connection":
        """Connect; raise EngineError in the server's own words."""
        # libpq reads PG* variables for what is left out, so everything that matters is named.
        wanted = make_conninfo(
            host=sockets,
            port="5432",
            dbname=database,
            user=user,
            client_encoding="UTF8",
            # What a database's owner has set for it is not for the owner of the system.
            options="-c search_path=pg_catalog" if user == SUPERUSER else "",
            sslmode="disable",
            gssencmode="disable",
            passfile=f"{sockets}/none",
        )
        return cls(await connect(wanted), answer)

    @property
    def pid(self) -> int:
        """Return the server process's id."""
        return self.handle.backend_pid

    @property
    def usable(self) -> bool:
        """Tell whether the connection is alive."""
        return self.handle.status == pq.ConnStatus.OK

    @property
    def busy(self) -> bool:
        """Tell whether a statement is running."""
        return self.handle.transaction_status == pq.TransactionStatus.ACTIVE

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open, sound or failed."""
        return self.handle.transaction_status != pq.TransactionStatus.IDLE

    @property
    def failed(self) -> bool:
        """Tell whether an error has spoilt the open transaction."""
        return self.handle.transaction_status == pq.TransactionStatus.INERROR

    async def stream(self, sql: str, values: Sequence[str] = ()) -> AsyncGenerator[PGresult, None]:
        """Run one statement with `$1`... values; yield its results in chunks, the last one complete or empty."""
        arguments = [value.encode() for value in values]
        self.handle.send_query_params(sql.encode(), arguments or None)
        self.handle.set_chunked_rows_mode(ROWS_A_CHUNK)
        async with aclosing(self.results()) as results:
            async for result in results:
                yield result
                # Rows may come in faster than they are read: let others have their turn.
                if result.status == pq.ExecStatus.TUPLES_CHUNK:
                    await asyncio.sleep(0)

    async def run(self, sql: str, values: Sequence[str] = ()) -> list[tuple[str | None, ...]]:
        """Run one statement and return its rows as text."""
        found: list[tuple[str | None, ...]] = []
        async for result in self.stream(sql, values):
            found += rows(result)
        return found

    async def run_script(self, sql: str) -> None:
        """Run many statements at once, as one transaction unless they say otherwise; rows are dropped."""
        self.handle.send_query(sql.encode())
        async for _ in self.results():
            pass

    async def run_together(
        self, *statements: tuple[str, Sequence[str]]
    ) -> tuple[list[PGresult], EngineError | None]:
        """Run statements, each with its values, in one round trip; return the results and what stopped them."""
        self.handle.enter_pipeline_mode()
        for sql, values in statements:
            self.handle.send_query_params(sql.encode(), [value.encode() for value in values] or None)
        self.handle.pipeline_sync()
        [results] = await self.end_pipeline()
        failed = next(
            (result for result in results if result.status not in GOOD), None
        )  # the rest is skipped
        good = [result for result in results if result.status in GOOD]
        return good, None if failed is None else engine_error(failed)

    async def end_pipeline(self, syncs: int = 1) -> list[list[PGresult]]:
        """Send a pipeline and leave it; return the results up to each of its points of synchronisation."""
        await self.flush()
        groups: list[list[PGresult]] = []
        for _ in range(syncs):
            groups.append([])
            while (result := await self.next_result()) is None or result.status != _STATUS.PIPELINE_SYNC:
                groups[-1] += [] if result is None else [result]
        self.handle.exit_pipeline_mode()
        return groups

    async def results(self) -> AsyncGenerator[PGresult, None]:
        """Yield the results of what was sent; raise the first error behind them."""
        await self.flush()
        failure: EngineError | None = None
        while (result := await self.next_result()) is not None:
            if result.status in GOOD:
                yield result
            else:
                failure = failure or engine_error(result)
        if failure:
            raise failure

    async def abandon(self) -> None:
        """Stop what is running and drop its rows; the connection is then good for the next statement."""
        await self.cancel()
        await self.drain()

    async def drain(self) -> None:
        """Drop the results of what is running."""
        while await self.next_result() is not None:
            pass

    async def reset(self) -> None:
        """Give up an open transaction and everything that a session may have changed."""
        if self.in_transaction:
            await self.run("ROLLBACK")
        await self.run("DISCARD ALL")
        self.keeps_case = self.speaks_of_case = False

    async def cancel(self) -> None:
        """Ask the server to stop what this connection is running."""
        self.stopping = True
        await asyncio.to_thread(self.handle.get_cancel().cancel)

    def take_notices(self) -> list[Notice]:
        """Return what the server has said since the last time."""
        taken = list(self._notices)
        self._notices.clear()
        return taken

    def close(self) -> None:
        """Close the connection; the server rolls back what is open."""
        self.handle.notice_handler = None
        self.handle.finish()

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Let a block, which asks something, leave no trace in an open transaction, unless it raises."""
        in_block = self.in_transaction
        if in_block:
            await self.run("SAVEPOINT local_aws_aside")
        yield
        if in_block:
            await self.run_script("ROLLBACK TO local_aws_aside; RELEASE local_aws_aside")

    @contextmanager
    def heard_by(self, answer: Answer) -> Iterator[None]:
        """Tell somebody else of notices, too, for as long as a block lasts."""
        self._answers.append(answer)
        try:
            yield
        finally:
            self._answers.remove(answer)

    def _hear(self, result: PGresult) -> None:
        state = field(result, pq.DiagnosticField.SQLSTATE)
        message = field(result, pq.DiagnosticField.MESSAGE_PRIMARY)
        if not any(answer(state, message) for answer in self._answers):
            self._notices.append(Notice(field(result, pq.DiagnosticField.SEVERITY_NONLOCALIZED), message))

    async def next_result(self) -> PGresult | None:
        """Wait for the next result of what is running; None when there is no other."""
        return await waited(self.handle, generators.fetch(self.handle))

    async def flush(self) -> None:
        """Send everything that waits to be sent, and read meanwhile."""
        await waited(self.handle, generators.send(self.handle))


def rows(result: PGresult) -> list[tuple[str | None, ...]]:
    """Return the rows of a result as text."""
    columns = range(result.nfields)
    found = ([result.get_value(number, column) for column in columns] for number in range(result.ntuples))
    return [tuple(None if value is None else value.decode() for value in row) for row in found]
