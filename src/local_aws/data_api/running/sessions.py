"""Data API sessions: a connection of their own that keeps temporary tables from one statement to the next."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from local_aws.admin.faults import Faults
from local_aws.data_api.records.statement import Statement
from local_aws.engine.connection import Connection
from local_aws.engine.warehouse import Warehouse
from local_aws.wire.service_errors import ApiError, validation

LONGEST_SECONDS = 24 * 3600
MAX_OPEN = 500
PLACE = ("database", "db_user", "cluster", "workgroup", "secret_arn")


@dataclass
class Session:
    """One session. Times are seconds since the epoch; `keep_alive` is in seconds after a statement's end."""

    id: str
    database: str
    db_user: str
    cluster: str | None
    workgroup: str | None
    secret_arn: str | None
    principal: str
    keep_alive: int
    created_at: float = field(default_factory=time.time)
    updated_at: float = field(default_factory=time.time)
    status: str = "AVAILABLE"
    statement_id: str | None = None
    connection: Connection | None = None

    @property
    def expires_at(self) -> float:
        """Return when the session closes: `keep_alive` after its last statement, but 24 hours after its start."""
        return min(self.updated_at + self.keep_alive, self.created_at + LONGEST_SECONDS)

    def place(self) -> dict[str, Any]:
        """Return where and as whom its statements run, by the fields of a statement."""
        return {name: getattr(self, name) for name in PLACE}

    def move(self, status: str, statement_id: str | None = None) -> None:
        """Enter a status now."""
        self.status = status
        self.statement_id = statement_id
        self.updated_at = time.time()


class Sessions:
    """The sessions of this process; they do not outlive it, as a connection cannot."""

    def __init__(self, warehouse: Warehouse, faults: Faults) -> None:
        self._warehouse = warehouse
        self._sessions: dict[str, Session] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._faults = faults

    def all(self) -> list[Session]:
        """Return every session of the last 24 hours, oldest first."""
        horizon = time.time() - LONGEST_SECONDS
        return [session for session in self._sessions.values() if session.created_at > horizon]

    def get(self, session_id: str) -> Session | None:
        """Return a session of the last 24 hours, open or closed."""
        session = self._sessions.get(session_id)
        return session if session and session.created_at > time.time() - LONGEST_SECONDS else None

    def available(self, session_id: str) -> Session:
        """Return a session that is free; raise ValidationException for any other, since there is no queue."""
        session = self.get(session_id)
        if session is None:
            raise validation(f"Session with Id: {session_id} is invalid")
        if session.status != "AVAILABLE":
            raise validation("Session is not available")
        return session

    def open(self, statement: Statement) -> None:
        """Start a session with its first statement."""
        fault = self._faults.hit("session_limit", None, statement.name)
        allowed = fault.limit if fault else MAX_OPEN
        if sum(session.status != "CLOSED" for session in self._sessions.values()) >= allowed:
            raise ApiError("ActiveSessionsExceededException", "Active sessions exceeded the allowed quota.")
        session = Session(
            id=str(uuid.uuid4()),
            principal=statement.principal,
            keep_alive=statement.keep_alive or 0,
            **{name: getattr(statement, name) for name in PLACE},
        )
        self._sessions[session.id] = session
        statement.session_id = session.id
        session.move("BUSY", statement.id)

    def enter(self, statement: Statement) -> None:
        """Let a statement into its session."""
        session = self.available(statement.session_id or "")
        if statement.keep_alive is not None:
            session.keep_alive = statement.keep_alive
        session.move("BUSY", statement.id)
        if timer := self._timers.pop(session.id, None):
            timer.cancel()

    def leave(self, statement: Statement) -> None:
        """Make a session available again, and close it once its time is over."""
        session = self._sessions[statement.session_id or ""]
        if session.status == "CLOSED":
            return
        session.move("AVAILABLE")
        broken = session.connection is None or not session.connection.usable
        if broken or session.expires_at <= time.time():
            self._close(session)
            return
        delay = session.expires_at - time.time()
        self._timers[session.id] = asyncio.get_running_loop().call_later(delay, self._close, session)

    async def connection(self, statement: Statement) -> Connection:
        """Return the session's connection, made for its first statement."""
        session = self._sessions[statement.session_id or ""]
        if session.connection is None:
            session.connection = await self._warehouse.acquire(session.database, session.db_user)
        return session.connection

    def close_all(self) -> None:
        """Close every session."""
        for session in self._sessions.values():
            self._close(session)

    def _close(self, session: Session) -> None:
        if timer := self._timers.pop(session.id, None):
            timer.cancel()
        session.move("CLOSED")
        if session.connection:
            session.connection.close()
            session.connection = None
