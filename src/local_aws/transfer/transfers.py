"""Runs the statements that move data between tables and S3."""

import re
from collections.abc import Awaitable, Callable
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
REMEMBER = (
    "SELECT set_config('local_aws.last_' || $1, $2, false), set_config('local_aws.last_' || $3, $4, false)"
)

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

        Raises EngineError with Redshift's words.
        """
        if not MAY_BE_ONE.match(text):
            return None
        try:
            command = parse(text)
        except TransferProblem as problem:
            raise await _failed(connection, problem) from None
        if command is None:
            return None
        backend = await self.rest.s3()
        if isinstance(command, Copy):
            return await self._copy(command, connection, backend, statement, part)
        query = await asking.resolve(connection, command.query, thorough=True)
        resolved = replace(command, query=query.strip())
        rows = await _in_transaction(connection, lambda: unload.run(resolved, connection, backend))
        await connection.run(REMEMBER, ["unload_count", str(rows), "unload_id", str(part.query_id)])
        return rows

    async def _copy(
        self, command: Copy, connection: Connection, backend: Any, statement: Statement, part: Part
    ) -> int:
        rejected: list[dict[str, Any]] = []

        async def work() -> int:
            rows = await load.run(command, connection, backend, rejected.extend)
            await connection.run(REMEMBER, ["copy_count", str(rows), "copy_id", str(part.query_id)])
            return rows

        try:
            return await _in_transaction(connection, work)
        except EngineError:
            # As on AWS: who looks into stl_load_errors needs it, but a transaction block that is rolled back has none.
            if rejected and not connection.in_transaction:
                await connection.run(REMEMBER_ID, [str(part.query_id)])
            raise
        finally:
            self.log.add_load_errors(statement.database, part.query_id, rejected)


async def _in_transaction(connection: Connection, work: Callable[[], Awaitable[int]]) -> int:
    """Run inside the open transaction, which an error spoils, or in one of its own."""
    begins = not connection.in_transaction
    if begins:
        await connection.run("BEGIN")
    try:
        rows = await work()
        if begins:
            await connection.run("COMMIT")
    except TransferProblem as problem:
        raise await _failed(connection, problem, end=begins) from None
    except EngineError:
        if begins and connection.usable:
            await connection.run("ROLLBACK")
        raise
    return rows


async def _failed(connection: Connection, problem: TransferProblem, *, end: bool = False) -> EngineError:
    """Let the engine fail, too, so that an open transaction is spoilt as by any other error."""
    message, _, detail = str(problem).partition("\n  Detail: ")
    try:
        if end:
            await connection.run("ROLLBACK")
        elif connection.in_transaction:
            await connection.run("SELECT local_aws.fail($1)", [message])
    except EngineError:
        pass
    return EngineError(message, detail=detail)
