"""Runs the statements that move data between tables and S3."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from local_aws.data_api.records.query_log import QueryLog
from local_aws.data_api.records.statement import Part, Statement
from local_aws.dialect import Mailbox
from local_aws.engine import asking
from local_aws.engine.connection import Connection
from local_aws.engine.libpq import EngineError
from local_aws.rest_of_aws import RestOfAws
from local_aws.transfer import load, unload
from local_aws.transfer.command import Copy, parse
from local_aws.transfer.inside import Attendant
from local_aws.transfer.transfer_errors import TransferProblem

# A quick look, so that other statements are not read twice.
MAY_BE_ONE = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:copy|unload)\b", re.IGNORECASE | re.DOTALL)
REMEMBER = "SELECT local_aws.remember($1, $2, $3)"
REMEMBER_ID = "SELECT set_config('local_aws.last_copy_id', $1, false)"


@dataclass(frozen=True)
class Transfers:
    """COPY and UNLOAD."""

    rest: RestOfAws
    log: QueryLog
    mailbox: Mailbox

    def attend(self, statement: Statement, number: int) -> Attendant:
        """Return who serves the COPY and UNLOAD commands of procedures that a part, counted from 0, calls."""
        return Attendant(self.rest, self.log, self.mailbox, statement, number)

    async def run(self, text: str, connection: Connection, statement: Statement, part: Part) -> int | None:
        """Run a COPY or an UNLOAD and return how many rows it moved; None for any other text.

        Raises TransferProblem or EngineError with Redshift's words.
        """
        command = parse(text) if MAY_BE_ONE.match(text) else None
        if command is None:
            return None
        backend = await self.rest.s3()
        if isinstance(command, Copy):
            return await self._copy(command, connection, backend, statement, part)
        query = await asking.resolve(connection, command.query, thorough=True)
        resolved = replace(command, query=query.strip())
        async with _transaction(connection):
            rows = await unload.run(resolved, connection, backend)
        await connection.run(REMEMBER, ["unload", str(rows), str(part.query_id)])
        return rows

    async def _copy(
        self, command: Copy, connection: Connection, backend: Any, statement: Statement, part: Part
    ) -> int:
        rejected: list[dict[str, Any]] = []
        try:
            async with _transaction(connection):
                rows = await load.run(command, connection, backend, rejected.extend)
                await connection.run(REMEMBER, ["copy", str(rows), str(part.query_id)])
            return rows
        except (EngineError, TransferProblem):
            # As on AWS: who looks into stl_load_errors needs it, but a transaction block that is rolled back has none.
            if rejected and not connection.in_transaction:
                await connection.run(REMEMBER_ID, [str(part.query_id)])
            raise
        finally:
            self.log.add_load_errors(statement.database, part.query_id, rejected)


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    """Have a block run inside the open transaction, or in one of its own."""
    begins = not connection.in_transaction
    if begins:
        await connection.run("BEGIN")
    try:
        yield
        if begins:
            await connection.run("COMMIT")
    except Exception:
        if begins and connection.usable:
            await connection.run("ROLLBACK")
        raise
