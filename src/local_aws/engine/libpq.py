"""libpq without blocking, by psycopg's generators, and what it reports."""

from dataclasses import KW_ONLY, dataclass
from typing import TypeVar

from psycopg import Error, generators, pq, waiting
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn, PGresult

T = TypeVar("T")
# How long psycopg waits at the most before it looks at the socket by itself.
_DAY = 24 * 3600.0


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


async def connect(conninfo: str) -> PGconn:
    """Return a new connection; raise EngineError in the server's own words."""
    try:
        return await waiting.wait_conn_async(generators.connect(conninfo), interval=_DAY)
    except Error as error:
        text = str(error)
        # libpq puts where it connected to in front of the server's own words.
        words = text.partition("FATAL:")[2].strip() or text.strip()
        raise EngineError(words, severity="FATAL", sqlstate="08001") from None


async def waited(handle: PGconn, work: PQGen[T]) -> T:
    """Return what one of psycopg's generators comes to; raise EngineError when the connection is gone."""
    try:
        return await waiting.wait_async(work, handle.socket, interval=_DAY)
    except Error as error:
        raise EngineError(str(error).strip(), severity="FATAL", sqlstate="08006") from None


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
