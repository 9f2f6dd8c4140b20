"""One connection to PostgreSQL on libpq itself: chunks of raw rows, table oids of columns, cancellation."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from psycopg import OperationalError, pq
from psycopg.pq.abc import PGconn, PGresult

# Small enough that rendering a chunk does not keep others waiting.
ROWS_A_CHUNK = 200
GOOD = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.TUPLES_CHUNK})


class EngineError(Exception):
    """The engine refused a statement. `severity`, `sqlstate`, `message`, `detail`, `hint`, `context` are its words."""

    def __init__(
        self,
        message: str,
        *,
        severity: str = "ERROR",
        sqlstate: str = "",
        detail: str = "",
        hint: str = "",
        context: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.severity = severity
        self.sqlstate = sqlstate
        self.detail = detail
        self.hint = hint
        self.context = context


class Connection:
    """A connection to one database as one user. Not for concurrent use, but for `cancel`."""

    def __init__(self, handle: PGconn) -> None:
        self._handle = handle

    @classmethod
    async def open(cls, sockets: str, database: str, user: str) -> "Connection":
        """Connect; raise EngineError in the server's own words."""
        # libpq reads PG* variables for what is left out, so everything that matters is named.
        wanted = {
            "host": sockets,
            "port": "5432",
            "dbname": database,
            "user": user,
            "client_encoding": "UTF8",
        }
        wanted |= {
            "options": "",
            "sslmode": "disable",
            "gssencmode": "disable",
            "passfile": f"{sockets}/none",
        }
        handle = pq.PGconn.connect_start(
            " ".join(f"{key}={_quoted(value)}" for key, value in wanted.items()).encode()
        )
        try:
            await _finish_connecting(handle)
        except BaseException:
            handle.finish()
            raise
        handle.nonblocking = 1
        handle.notice_handler = None
        return cls(handle)

    @property
    def pid(self) -> int:
        """Return the server process's id."""
        return self._handle.backend_pid

    @property
    def usable(self) -> bool:
        """Tell whether the connection is alive."""
        return self._handle.status == pq.ConnStatus.OK

    @property
    def busy(self) -> bool:
        """Tell whether a statement is running."""
        return self._handle.transaction_status == pq.TransactionStatus.ACTIVE

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open, sound or failed."""
        return self._handle.transaction_status != pq.TransactionStatus.IDLE

    async def stream(self, sql: str, values: Sequence[str] = ()) -> AsyncGenerator[PGresult, None]:
        """Run one statement with `$1`... values; yield its results in chunks, the last one complete or empty."""
        arguments = [value.encode() for value in values]
        self._handle.send_query_params(sql.encode(), arguments or None)
        self._handle.set_chunked_rows_mode(ROWS_A_CHUNK)
        await self._flush()
        failure: EngineError | None = None
        while (result := await self._next_result()) is not None:
            if result.status in GOOD or result.status == pq.ExecStatus.EMPTY_QUERY:
                yield result
                await asyncio.sleep(
                    0
                )  # rows may come in faster than they are read: let others have their turn
            else:
                failure = _engine_error(result)
        if failure:
            raise failure

    async def run(self, sql: str, values: Sequence[str] = ()) -> list[tuple[str | None, ...]]:
        """Run one statement and return its rows as text."""
        rows: list[tuple[str | None, ...]] = []
        async for result in self.stream(sql, values):
            rows += [_row(result, number) for number in range(result.ntuples)]
        return rows

    async def run_script(self, sql: str) -> None:
        """Run many statements at once, as one transaction unless they say otherwise; rows are dropped."""
        self._handle.send_query(sql.encode())
        await self._flush()
        failure: EngineError | None = None
        while (result := await self._next_result()) is not None:
            if result.status not in GOOD and failure is None:
                failure = _engine_error(result)
        if failure:
            raise failure

    async def abandon(self) -> None:
        """Stop what is running and drop its rows; the connection is then good for the next statement."""
        await self.cancel()
        while await self._next_result() is not None:
            pass

    async def reset(self) -> None:
        """Give up an open transaction and everything that a session may have changed."""
        if self.in_transaction:
            await self.run("ROLLBACK")
        await self.run("DISCARD ALL")

    async def cancel(self) -> None:
        """Ask the server to stop what this connection is running."""
        await asyncio.to_thread(self._handle.get_cancel().cancel)

    def close(self) -> None:
        """Close the connection; the server rolls back what is open."""
        self._handle.finish()

    async def _next_result(self) -> PGresult | None:
        try:
            while self._handle.is_busy():
                await _ready(self._handle.socket, for_writing=False)
                self._handle.consume_input()
            return self._handle.get_result()
        except OperationalError as error:
            raise EngineError(str(error).strip(), severity="FATAL", sqlstate="08006") from None

    async def _flush(self) -> None:
        while self._handle.flush():
            await _ready(self._handle.socket, for_writing=True)
            self._handle.consume_input()


async def _finish_connecting(handle: PGconn) -> None:
    while True:
        if handle.status == pq.ConnStatus.BAD:
            raise _connection_error(handle)
        step = handle.connect_poll()
        if step == pq.PollingStatus.OK:
            return
        if step == pq.PollingStatus.FAILED:
            raise _connection_error(handle)
        await _ready(handle.socket, for_writing=step == pq.PollingStatus.WRITING)


async def _ready(descriptor: int, *, for_writing: bool) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    add, remove = (
        (loop.add_writer, loop.remove_writer) if for_writing else (loop.add_reader, loop.remove_reader)
    )

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    add(descriptor, wake)
    try:
        await ready
    finally:
        remove(descriptor)


def _connection_error(handle: PGconn) -> EngineError:
    text = handle.get_error_message()
    # libpq puts where it connected to in front of the server's own words.
    words = text.partition("FATAL:")[2].strip() or text.strip()
    return EngineError(words, severity="FATAL", sqlstate="08001")


def _engine_error(result: PGresult) -> EngineError:
    def field(code: pq.DiagnosticField) -> str:
        return (result.error_field(code) or b"").decode(errors="replace")

    return EngineError(
        field(pq.DiagnosticField.MESSAGE_PRIMARY) or result.get_error_message(),
        severity=field(pq.DiagnosticField.SEVERITY_NONLOCALIZED) or "ERROR",
        sqlstate=field(pq.DiagnosticField.SQLSTATE),
        detail=field(pq.DiagnosticField.MESSAGE_DETAIL),
        hint=field(pq.DiagnosticField.MESSAGE_HINT),
        context=field(pq.DiagnosticField.CONTEXT),
    )


def _row(result: PGresult, number: int) -> tuple[str | None, ...]:
    values = (result.get_value(number, column) for column in range(result.nfields))
    return tuple(None if value is None else value.decode() for value in values)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
