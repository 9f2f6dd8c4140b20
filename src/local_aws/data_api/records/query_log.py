"""Writes what ran into the tables behind stl_query and its like: in batches, and before anybody looks."""

import asyncio
import json
import logging
import re
import tomllib
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local_aws.data_api.records.statement import Part
from local_aws.data_api.running.collaborators import Ran
from local_aws.engine.connection import EngineError
from local_aws.engine.warehouse import Warehouse

LOG = logging.getLogger(__name__)
INSERT = (Path(__file__).parent / "query_log.sql").read_text(encoding="utf-8")
KEPT = 2000  # rows that wait; a database that cannot be reached loses the oldest
_KINDS = tomllib.loads((Path(__file__).parent / "query_kinds.toml").read_text(encoding="utf-8"))
KINDS = {word: kind for kind, words in _KINDS.items() for word in words.split()}
FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(\w+)", re.DOTALL)
# As on AWS, credentials never reach the history.
CREDENTIALS = re.compile(
    r"((?:credentials|password|access_key_id|secret_access_key|session_token)\s+(?:as\s+)?)'(?:[^']|'')*'",
    re.IGNORECASE,
)

Row = dict[str, Any]


class QueryLog:
    """What waits to be written, by database."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._waiting: defaultdict[str, list[Row]] = defaultdict(list)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def add(self, ran: Ran) -> None:
        """Take in one part that was run."""
        statement, part = ran.statement, ran.part
        row = {
            "query": part.query_id,
            "login": statement.db_user,
            "pid": statement.pid,
            "kind": kind(part),
            "text": CREDENTIALS.sub(r"\1''", part.sql),
            "started": ran.started,
            "seconds": max(part.duration, 0) / 1e9,
            "status": part.status,
            "error": part.error,
            "rows": part.rows if part.has_result else 0,
            "bytes": part.size if part.has_result else 0,
            "messages": [asdict(notice) for notice in ran.notices],
        }
        self._keep(statement.database, row)

    def add_load_errors(self, database: str, query: int, errors: list[Row]) -> None:
        """Take in the lines that a COPY rejected, if any; members are columns of local_aws.load_errors."""
        if errors:
            self._keep(database, {"load_errors": [{"query": query, **error} for error in errors]})

    async def flush(self, database: str) -> None:
        """Write what waits for a database."""
        # Whoever looks must also wait for a writing that has begun.
        async with self._turns[database]:
            if not (rows := self._waiting.pop(database, None)):
                return
            try:
                await self._warehouse.run_as_owner(database, INSERT, json.dumps(rows))
            except EngineError as error:
                # It may have been dropped meanwhile, and its history with it.
                if "does not exist" not in error.message:
                    LOG.warning("history of statements was lost: %s", error.sqlstate)

    def kept_out(self, database: str) -> asyncio.Lock:
        """Write nothing into a database that is dropped meanwhile: a connection to it would be in the way."""
        return self._turns[database]

    async def flush_all(self) -> None:
        """Write what waits."""
        for database in list(self._waiting):
            await self.flush(database)

    def _keep(self, database: str, row: Row) -> None:
        rows = self._waiting[database]
        rows.append(row)
        del rows[:-KEPT]


def kind(part: Part) -> str:
    """Return what stl_query and sys_query_history call a statement's kind."""
    found = FIRST_WORD.match(part.sql)
    return KINDS.get(found[1].lower(), "OTHER") if found else "OTHER"
