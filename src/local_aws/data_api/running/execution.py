"""Runs the parts of one statement on one connection."""

import asyncio
import itertools
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field

from local_aws import dialect
from local_aws.data_api.records.statement import Part, Statement
from local_aws.data_api.results.rendering import ResultTooLarge
from local_aws.data_api.running.collaborators import Collaborators, Ran
from local_aws.data_api.running.parts import PartRun, Refusal, words
from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.engine.connection import Connection, EngineError

CALL = re.compile(r"\bcall\b", re.IGNORECASE)
# Fewer rows than fill the blocks that are summarised together.
MANY_ROWS = 1000
_COMPUTE = frozenset(
    {"insert", "update", "delete", "merge", "copy", "unload", "call", "truncate", "vacuum", "analyze"}
)
_CATALOGUE = ("pg_", "information_schema")
CANCELLED = "Query cancelled on user's request"


@dataclass(eq=False)
class Execution:
    """One run of a statement: `run` it once, unless there is a `refusal`; `connection` is there while it runs."""

    statement: Statement
    tools: Collaborators
    refusal: str | None = None
    cancelled: bool = False
    connection: Connection | None = None
    cancel_turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, connection: Connection) -> None:
        """Run every part; errors end up in the parts, not as exceptions."""
        statement = self.statement
        in_one = self._is_one_transaction()
        if in_one:
            calls = any(CALL.search(part.sql) for part in statement.parts)
            # A procedure takes its snapshots itself, after the locks in it. Both ways let it know that it is in a
            # transaction block.
            await connection.run("BEGIN DEFERRABLE" if calls else dialect.rewrite("BEGIN"))
        for number, part in enumerate(statement.parts):
            if not await self._run_part(connection, number, part) and (in_one or self.cancelled):
                break
        if in_one:
            await self._end_transaction(connection)
        await _tend(connection, statement)

    def _is_one_transaction(self) -> bool:
        # A single statement is one anyway, and may be of those that refuse a transaction block.
        statement = self.statement
        if not statement.is_batch or statement.mode != "TRANSACTION":
            return False
        return len(statement.parts) > 1 or len(dialect.split(statement.parts[0].sql)) > 1

    async def _end_transaction(self, connection: Connection) -> None:
        last = self.statement.parts[-1]
        sound = all(part.status == "FINISHED" for part in self.statement.parts) and not self.cancelled
        try:
            if connection.in_transaction:
                await connection.run("COMMIT" if sound else "ROLLBACK")
        except EngineError as error:
            last.move("FAILED", words(error))
            return
        if self.cancelled and not sound and last.status == "FINISHED":
            last.move("ABORTED", CANCELLED)

    async def _run_part(self, connection: Connection, number: int, part: Part) -> bool:
        if self.cancelled:
            return False
        part.move("STARTED")
        part.query_id, part.leader_only = next(QUERY_IDS), is_leader_only(part.sql)
        connection.take_notices()
        part_run = PartRun(connection, self.statement, number, self.tools)
        started = time.time()
        clock = time.perf_counter_ns()
        try:
            async with self.tools.transfer.attend(self.statement, number) as attendant:
                with connection.heard_by(attendant.hear):
                    await part_run.run()
            status, error = "FINISHED", None
        except (Refusal, ResultTooLarge) as refusal:
            status, error = "FAILED", str(refusal)
        part.duration = time.perf_counter_ns() - clock
        if status == "FAILED":
            part_run.forget_result()
            if self.cancelled:
                status = "ABORTED"
        part.move(status, error)
        self.tools.observe(Ran(self.statement, number, part, started, connection.take_notices()))
        return status == "FINISHED"


async def _tend(connection: Connection, statement: Statement) -> None:
    """Summarise and analyse the tables that a statement may have filled, as Redshift does by itself after a load.

    So PostgreSQL learns what the blocks of a sorted table hold. What goes wrong is for the next load.
    """
    if connection.in_transaction or not any(_may_have_loaded(part) for part in statement.parts):
        return
    with suppress(EngineError):
        await connection.run("SELECT local_aws.tend()")


def _may_have_loaded(part: Part) -> bool:
    written = not part.has_result and part.rows >= MANY_ROWS
    return part.status == "FINISHED" and (written or CALL.search(part.sql) is not None)


def is_leader_only(sql: str) -> bool:
    """Tell whether the leader node runs a statement alone: it reads and writes only the catalogue and settings."""
    tokens = Tokens(sql)
    low = tokens.low
    word = next((word for word in low if word != "("), "")
    places = range(tokens.end)
    if word in ("select", "with"):
        named = {identifier(tokens.text[i]) for i in places if tokens.matches(i + 1, "as", "(")}
        read = {
            identifier(tokens.text[i + 1])
            for i in places
            if low[i] in ("from", "join", "into") and (is_name(tokens, i + 1) or low[i + 1] == "#")
        }
        return all(name.startswith(_CATALOGUE) for name in read - named)
    made = low[1:5] if word == "create" else []
    makes_rows = ("table" in made or "materialized" in made) and any(
        low[i] == "as" and low[i + 1] in ("select", "with", "(") for i in places
    )
    return word not in _COMPUTE and not makes_rows


QUERY_IDS = itertools.count(int(time.time()) % 10**9 * 1000 + 1)
