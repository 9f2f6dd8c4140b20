"""The warehouse: a PostgreSQL cluster made to look like one Redshift cluster and one serverless workgroup."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from local_aws import dialect
from local_aws.dialect.lexing.literals import quoted_name
from local_aws.engine import passwords
from local_aws.engine.connection import Connection, EngineError
from local_aws.engine.pool import Pool
from local_aws.engine.postmaster import SUPERUSER, Postmaster

DATABASE = "dev"
ADMIN_DATABASE = "postgres"
DATABASES = "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')"

LOGIN = "SELECT rolpassword, rolcreaterole, rolvaliduntil < now() FROM pg_authid WHERE rolname = $1"
ROLES = (Path(__file__).parent / "roles.sql").read_text(encoding="utf-8")
ADMINISTRATORS = "local_aws_administrators"  # made by roles.sql
T = TypeVar("T")


class Warehouse:
    """Databases, users and connections. `start` it before use, `stop` it after."""

    def __init__(self, postmaster: Postmaster) -> None:
        self._postmaster = postmaster
        # PostgreSQL's folder exists by now; procedures that compute SQL ask for its rewriting there.
        self.mailbox = dialect.Mailbox(postmaster.data, dialect.rewrite_dynamic)
        self._pool = Pool(str(postmaster.sockets), self.mailbox.answer)
        self._admin_turn = asyncio.Lock()
        self._known: set[str] = set()

    async def prepare(self) -> None:
        """Wait for the server, and give new databases what Redshift has and PostgreSQL lacks."""
        while not self._postmaster.is_up():  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.003)
        compat = dialect.compat_sql()
        complete = self._postmaster.data / "complete"
        digest = hashlib.sha256(compat.encode()).hexdigest()
        if not (complete.exists() and complete.read_text() == digest):
            await self._install(compat)
            complete.write_text(digest)

    async def acquire(self, database: str, user: str) -> Connection:
        """Connect; a user that does not exist yet is made, an administrator like Redshift's first user."""
        if user == SUPERUSER:
            raise EngineError(f'role "{user}" is not permitted to log in', severity="FATAL", sqlstate="28000")
        if user not in self._known:
            await self._meet(user)
        return await self._pool.acquire(database, user)

    async def _meet(self, user: str) -> None:
        """Make a user that does not exist, and see to what administrators may do."""
        if not await self.admin_run("SELECT FROM pg_roles WHERE rolname = $1", user):
            await self.admin_run(f"CREATE ROLE {quoted_name(user)} LOGIN CREATEROLE CREATEDB")
        await self._as_owner(lambda connection: connection.run_script(ROLES))
        self._known.add(user)

    async def admits(self, user: str, password: str) -> bool:
        """Tell whether a password is a user's; who was made at a first use, or is not made yet, has none to compare."""
        for kept, is_administrator, is_over in await self.admin_run(LOGIN, user):
            if kept is None:
                return is_administrator == "t"
            return is_over != "t" and passwords.matches(kept, user, password)
        return True

    async def run_as_owner(self, database: str, sql: str, *values: str) -> list[tuple[str | None, ...]]:
        """Run one statement in a database as the owner of the system, on a connection that is closed at once.

        Not a pooled one: an idle connection that nobody expects would be in the way of DROP DATABASE.
        """
        async with self._own(database) as connection:
            return await connection.run(sql, values)

    async def release(self, connection: Connection, database: str, user: str) -> None:
        """Give a connection back."""
        await self._pool.release(connection, database, user)

    async def drop_idle(self) -> None:
        """Close every idle connection, so that databases and users can be dropped or altered."""
        self._known.clear()
        await self._pool.drain()

    async def _databases(self) -> list[str]:
        """Return the names of the databases that a user sees."""
        return [name for (name,) in await self.admin_run(DATABASES) if name]

    async def empty(self) -> None:
        """Drop every database and make an empty default one."""
        await self._pool.drain()
        for database in await self._databases():
            await self.admin_run(f"DROP DATABASE {quoted_name(database)} WITH (FORCE)")
        await self.admin_run(f"CREATE DATABASE {DATABASE}")
        await self._give_default()

    async def _give_default(self) -> None:
        """Make the default database the administrators'."""
        await self._as_owner(lambda connection: connection.run_script(ROLES))
        await self.admin_run(f"ALTER DATABASE {DATABASE} OWNER TO {ADMINISTRATORS}")

    async def admin_run(self, sql: str, *values: str) -> list[tuple[str | None, ...]]:
        """Run one statement as the owner of the system."""
        try:
            return await self._as_owner(lambda connection: connection.run(sql, values))
        except EngineError as error:
            if error.sqlstate == "42710":  # somebody else just made that role
                return []
            raise

    async def _as_owner(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._admin_turn:
            connection = await self._pool.acquire(ADMIN_DATABASE, SUPERUSER)
            try:
                return await work(connection)
            finally:
                await self._pool.release(connection, ADMIN_DATABASE, SUPERUSER)

    async def _install(self, compat: str) -> None:
        existing = await self._databases()
        for database in ("template1", *existing):
            async with self._own(database) as connection:
                await connection.run_script(compat)
                # As in Redshift, and in PostgreSQL before version 15.
                await connection.run("GRANT ALL ON SCHEMA public TO PUBLIC")
        if DATABASE not in existing:
            await self.admin_run(f"CREATE DATABASE {DATABASE} STRATEGY FILE_COPY")
        await self._give_default()

    @asynccontextmanager
    async def _own(self, database: str) -> AsyncIterator[Connection]:
        connection = await Connection.open(str(self._postmaster.sockets), database, SUPERUSER)
        try:
            yield connection
        finally:
            connection.close()

    async def sweep(self) -> None:
        """Close what has been idle for a while."""
        self._pool.sweep()
