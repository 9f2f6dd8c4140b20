"""Keeps idle connections for the next statement; each one is reset before anyone else gets it."""

import asyncio
import time
from collections import defaultdict

from local_aws.engine.connection import Connection, EngineError

IDLE_SECONDS = 20.0
IDLE_EACH = 10


class Pool:
    """Connections by (database, user). A statement has its own for as long as it runs."""

    def __init__(self, sockets: str) -> None:
        self._sockets = sockets
        self._idle: defaultdict[tuple[str, str], list[tuple[float, Connection]]] = defaultdict(list)

    async def acquire(self, database: str, user: str) -> Connection:
        """Return a connection in a fresh state; raise EngineError when the server refuses it."""
        idle = self._idle[database, user]
        while idle:
            _, connection = idle.pop()
            if connection.usable:
                return connection
            connection.close()
        return await Connection.open(self._sockets, database, user)

    async def release(self, connection: Connection, database: str, user: str) -> None:
        """Take a connection back, reset; close it where that fails or enough are idle."""
        idle = self._idle[database, user]
        try:
            if connection.usable and len(idle) < IDLE_EACH:
                await connection.reset()
                idle.append((time.monotonic(), connection))
                return
        except EngineError:
            pass
        except asyncio.CancelledError:
            connection.close()
            raise
        connection.close()

    def drain(self, idle_for: float = 0.0) -> None:
        """Close connections that have been idle for so many seconds; DROP DATABASE needs all of them gone."""
        oldest = time.monotonic() - idle_for
        for idle in self._idle.values():
            for entry in [entry for entry in idle if entry[0] <= oldest]:
                idle.remove(entry)
                entry[1].close()
