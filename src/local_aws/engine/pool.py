"""Keeps idle connections for the next statement; each one is reset before anyone else gets it."""

import asyncio
import time
from collections import defaultdict

from local_aws.engine.connection import Answer, Connection, EngineError

IDLE_SECONDS = 20.0
IDLE_EACH = 10


class Pool:
    """Connections by (database, user). A statement has its own for as long as it runs."""

    def __init__(self, sockets: str, answer: Answer) -> None:
        self._sockets = sockets
        self._answer = answer
        self._drains = 0
        self._resetting: set[asyncio.Event] = set()
        self._idle: defaultdict[tuple[str, str], list[tuple[float, Connection]]] = defaultdict(list)

    async def acquire(self, database: str, user: str) -> Connection:
        """Return a connection in a fresh state; raise EngineError when the server refuses it."""
        idle = self._idle[database, user]
        while idle:
            _, connection = idle.pop()
            if connection.usable:
                return connection
            connection.close()
        return await Connection.open(self._sockets, database, user, self._answer)

    async def release(self, connection: Connection, database: str, user: str) -> None:
        """Take a connection back, reset; close it where that fails or enough are idle."""
        if not await self._keep(connection, self._idle[database, user]):
            connection.close()

    async def _keep(self, connection: Connection, idle: list[tuple[float, Connection]]) -> bool:
        drains = self._drains
        if connection.busy or not connection.usable or len(idle) >= IDLE_EACH:
            return False
        connection.take_notices()
        self._resetting.add(is_over := asyncio.Event())
        try:
            await connection.reset()
        except EngineError:
            return False
        except asyncio.CancelledError:
            connection.close()
            raise
        finally:
            self._resetting.discard(is_over)
            is_over.set()
        # Whoever drained the pool meanwhile meant this connection, too.
        if drains != self._drains:
            return False
        idle.append((time.monotonic(), connection))
        return True

    async def drain(self) -> None:
        """Close every idle connection, and those on their way back; DROP DATABASE needs all of them gone."""
        self._drains += 1
        on_their_way = list(self._resetting)
        for is_over in on_their_way:
            await is_over.wait()
        if self._close_idle(0.0) or on_their_way:
            # Their server processes take a moment to end, and DROP DATABASE looks again only after 100 ms.
            await asyncio.sleep(0.01)

    def sweep(self) -> None:
        """Close connections that nobody wanted for a while."""
        self._close_idle(IDLE_SECONDS)

    def _close_idle(self, idle_for: float) -> int:
        oldest = time.monotonic() - idle_for
        closed = 0
        for idle in self._idle.values():
            for entry in [entry for entry in idle if entry[0] <= oldest]:
                idle.remove(entry)
                entry[1].close()
                closed += 1
        return closed
