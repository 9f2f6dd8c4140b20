"""Runs SQL texts one after another, each the way that Redshift would: its locks, its commits, its result."""

import re
from contextlib import aclosing, nullcontext, suppress
from dataclasses import dataclass
from functools import partial

from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from local_aws import dialect
from local_aws.data_api.records.statement import UNKNOWN, Part, Statement
from local_aws.data_api.results import columns
from local_aws.data_api.results.rendering import Pages, ResultTooLarge
from local_aws.data_api.running.collaborators import Collaborators
from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.engine import asking, divisions
from local_aws.engine.connection import Connection, EngineError, rows
from local_aws.transfer.transfer_errors import TransferProblem

_GAP = r"(?is)(?:\s|--[^\n]*\n|/\*.*?\*/)*"
# What reaches beyond one database, and fails while somebody is connected or leaves stale sessions behind.
GLOBAL_CHANGE = re.compile(rf"{_GAP}(drop|alter|create)\s+(database|user|role|group)\b")
BEGIN = re.compile(rf"{_GAP}(?:begin|start\s+transaction)\b")
SEARCH_PATH = re.compile(rf"{_GAP}set\s+(?:(?:session|local)\s+)?search_path\b")
NAMES_PRINCIPALS = re.compile(rf"{_GAP}(?:grant|revoke|create|alter|drop)\b")
TRUNCATE = re.compile(rf"{_GAP}truncate\b")
# Views and functions that show what ran before; behind a quote is the name of a setting of the stand-in's.
LOOK = re.compile(r"\b(?:stl_|svl_|sys_|pg_last_|(?<!')local_aws\.)", re.IGNORECASE)
KEEPS_CASE = f"SELECT lower(current_setting('local_aws.{dialect.CASE_SETTING}', true))"
SERIALIZATION_FAILURE = "40001"
IDENTIFY = "SELECT pg_current_xact_id(), $1::regclass::oid"


class Refusal(Exception):  # noqa: N818 - it becomes the statement's Error
    """Why a part failed, in Redshift's wording."""


@dataclass(eq=False)
class PartRun:
    """The texts of one part of a statement; `number` counts parts from 0."""

    connection: Connection
    statement: Statement
    number: int
    tools: Collaborators
    _began: bool = False

    @property
    def part(self) -> Part:
        """Return the part."""
        return self.statement.parts[self.number]

    async def run(self) -> None:
        """Run them all; raise Refusal or ResultTooLarge at the first that fails."""
        texts = dialect.split(self.part.sql) if self.statement.is_batch else [self.part.sql]
        for text in texts:
            if self.part.has_result:  # of a text before this one: a part shows the result of its last text
                self.forget_result()
            try:
                await self._run_one(text)
            except EngineError as error:
                await self._roll_back()
                raise Refusal(words(error)) from None
            except (dialect.DialectError, TransferProblem) as error:
                await self._spoil(str(error))
                raise Refusal(f"ERROR: {error}") from None
            except KeyError:
                raise Refusal('ERROR: syntax error at or near ":"') from None
            except ResultTooLarge:
                await self.connection.abandon()
                await self._roll_back()
                raise

    def forget_result(self) -> None:
        """Drop the pages that were kept."""
        self.part.affect(UNKNOWN, UNKNOWN)
        self.tools.store.drop_pages(self.statement.id, self.number)

    async def _run_one(self, text: str) -> None:
        await self._learn_case(text)
        moved = await self.tools.transfer.run(text, self.connection, self.statement, self.part)
        if moved is not None:
            self.part.affect(moved)
            return
        for kind, name in dialect.principals(text) if NAMES_PRINCIPALS.match(text) else ():
            await asking.require_principal(self.connection, kind, name)
        bound, values = bind(text, self.statement.parameters)
        # An error in a block is the end of it, so names are looked at before; otherwise only after one.
        in_block = self.connection.in_transaction
        sql = await asking.resolve(self.connection, bound, thorough=in_block)
        try:
            await self._run_resolved(sql, values)
        except EngineError as error:
            if in_block or error.sqlstate not in dialect.UNKNOWN_NAME:
                raise
            await self._roll_back()
            again = await asking.resolve(self.connection, bound, thorough=True)
            if again == sql:
                raise
            await self._run_resolved(again, values)

    async def _run_resolved(self, sql: str, values: list[str]) -> None:
        if BEGIN.match(sql) and self.connection.in_transaction:
            sql = "BEGIN"  # only a warning, as long as it asks for nothing
        if GLOBAL_CHANGE.match(sql):
            await self._change_globally(sql, values)
            return
        if LOOK.search(sql):
            await self.tools.before_look(self.statement.database)
        for schema in dialect.searched_schemas(sql) if SEARCH_PATH.match(sql) else ():
            await asking.require_schema(self.connection, schema)
        sql = await divisions.scaled(self.connection, sql)
        if (table := dialect.written_table(sql)) is not None:
            await self._write(sql, values, table)
            return
        await self._stream(sql, values)
        if self.connection.in_transaction and TRUNCATE.match(sql):
            await self.connection.run("COMMIT")

    async def _change_globally(self, sql: str, values: list[str]) -> None:
        """Run what fails while the stand-in itself is connected to a database, or leaves its connections stale."""
        name = dropped_database(sql)
        async with self.tools.kept_out(name) if name else nullcontext():
            await self.tools.drop_idle()
            await self._stream(sql, values)

    async def _spoil(self, words: str) -> None:
        """Let the engine fail too, so that an open transaction ends as by any other error."""
        if self.connection.in_transaction and not self.connection.failed:
            with suppress(EngineError):
                await self.connection.run("SELECT local_aws.fail($1)", [words])

    async def _learn_case(self, text: str) -> None:
        """Tell the dialect whether quoted names keep their case; only sessions that ever spoke of it are asked."""
        connection = self.connection
        connection.speaks_of_case |= dialect.CASE_SETTING in text.lower()
        if connection.speaks_of_case and not connection.failed:
            [(value,)] = await connection.run(KEEPS_CASE)
            connection.keeps_case = value in ("on", "true", "1")
        dialect.KEEP_CASE.set(connection.keeps_case)

    async def _write(self, sql: str, values: list[str], table: str) -> None:
        # The lock comes first, so that the statement sees what the writer before it has committed.
        lock = (dialect.lock_statement(table), ())
        if self.connection.in_transaction:
            results, error = await self.connection.run_together(lock, (IDENTIFY, [table]), (sql, values))
            if error:
                raise _named(error, results, self.statement.pid)
        else:
            self._began = True
            whole = ("BEGIN", ()), lock, (sql, values), ("COMMIT", ())
            results, error = await self.connection.run_together(*whole)
            if error:
                raise error
            self._began = False
        self.part.affect(results[2].command_tuples or 0)

    async def _roll_back(self) -> None:
        """End the transaction if it was begun for one statement only."""
        if self._began and self.connection.in_transaction:
            await self.connection.run("ROLLBACK")
        self._began = False

    async def _stream(self, sql: str, values: list[str]) -> None:
        pages: Pages | None = None
        affected = 0
        part = self.part
        async with aclosing(self.connection.stream(sql, values)) as results:
            async for result in results:
                if result.nfields and pages is None:
                    keep = partial(self.tools.store.add_page, self.statement.id, self.number)
                    pages = Pages(self.statement.result_format, keep)
                    pages.begin(result)
                    part.columns, first = columns.of_result(result), result
                if pages:
                    pages.add(result)
                elif result.status == ExecStatus.COMMAND_OK:
                    affected = result.command_tuples or 0
        if pages is None:
            part.affect(affected)
            return
        pages.finish()
        part.has_result, part.rows, part.size = True, pages.rows, pages.size
        await columns.add_tables(self.connection, part.columns, first)


def dropped_database(sql: str) -> str | None:
    """Return the name in DROP DATABASE; None for any other statement."""
    tokens = Tokens(sql)
    return identifier(tokens.text[2]) if tokens.matches(0, "drop", "database") else None


def words(error: EngineError) -> str:
    """Return an error of the engine in Redshift's wording."""
    if error.severity == "FATAL":
        return f"FATAL: {error.message}"
    return dialect.error_text(error.sqlstate, error.message, error.detail, error.hint, error.context)


def _named(error: EngineError, results: list[PGresult], pid: int) -> EngineError:
    """Say of a serialisation failure which table and transaction it was; `results` are LOCK's and IDENTIFY's."""
    if error.sqlstate != SERIALIZATION_FAILURE or len(results) < 2:
        return error
    [(transaction, table)] = rows(results[1])
    detail = f"{table}, transactions forming the cycle are: {transaction} (pid:{pid})"
    return EngineError(error.message, sqlstate=error.sqlstate, detail=detail)


def bind(text: str, parameters: list[dict[str, str]]) -> tuple[str, list[str]]:
    """Return the text with `$n` and the values in that order; KeyError names a parameter without a value."""
    if not parameters:
        return text, []
    values = {parameter["name"]: parameter["value"] for parameter in parameters}
    bound, names = dialect.bind(text)
    return bound, [values[name] for name in names]
