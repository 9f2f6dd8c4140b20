"""libpq without blocking: connecting, waiting for its socket, and what it reports."""

import asyncio
from dataclasses import KW_ONLY, dataclass

from psycopg import pq
from psycopg.pq.abc import PGconn, PGresult


@dataclass(eq=False)
class EngineError(Exception):
    """The engine refused a statement; the fields are its words."""

    message: str
    _: KW_ONLY
    severity: str = "ERROR"
    sqlstate: str = ""
    detail: str = ""
    hint: str = ""
    context: str = ""


async def finish_connecting(handle: PGconn) -> None:
    """Wait until a connection that was begun is made; raise EngineError in the server's own words."""
    while True:
        if handle.status == pq.ConnStatus.BAD:
            raise _connection_error(handle)
        step = handle.connect_poll()
        if step == pq.PollingStatus.OK:
            return
        if step == pq.PollingStatus.FAILED:
            raise _connection_error(handle)
        await ready(handle.socket, for_writing=step == pq.PollingStatus.WRITING)


async def ready(descriptor: int, *, for_writing: bool) -> None:
    """Wait until a socket can be read or written."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    add, remove = (
        (loop.add_writer, loop.remove_writer) if for_writing else (loop.add_reader, loop.remove_reader)
    )

    def wake() -> None:
        if not done.done():
            done.set_result(None)

    add(descriptor, wake)
    try:
        await done
    finally:
        remove(descriptor)


def _connection_error(handle: PGconn) -> EngineError:
    text = handle.get_error_message()
    # libpq puts where it connected to in front of the server's own words.
    words = text.partition("FATAL:")[2].strip() or text.strip()
    return EngineError(words, severity="FATAL", sqlstate="08001")


def engine_error(result: PGresult) -> EngineError:
    """Return what a failed result says."""
    return EngineError(
        field(result, pq.DiagnosticField.MESSAGE_PRIMARY) or result.get_error_message(),
        severity=field(result, pq.DiagnosticField.SEVERITY_NONLOCALIZED) or "ERROR",
        sqlstate=field(result, pq.DiagnosticField.SQLSTATE),
        detail=field(result, pq.DiagnosticField.MESSAGE_DETAIL),
        hint=field(result, pq.DiagnosticField.MESSAGE_HINT),
        context=field(result, pq.DiagnosticField.CONTEXT),
    )


def field(result: PGresult, code: pq.DiagnosticField) -> str:
    """Return one field of an error or a notice."""
    return (result.error_field(code) or b"").decode(errors="replace")
