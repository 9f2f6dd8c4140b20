"""Keeps statements and their results in SQLite for 24 hours, so that they outlive the process."""

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

from local_aws.data_api.records.statement import RETENTION_SECONDS, TOKEN_SECONDS, Statement

SCHEMA = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
COLUMNS = ("id", "created_at", "name", "status", "token", "database", "cluster", "workgroup", "principal")
INSERT = f"INSERT OR REPLACE INTO statement VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"  # noqa: S608
UPDATE = "UPDATE statement SET status = ?, document = ? WHERE id = ?"
VERSION = 2
RECENT = 256
SAVES_BETWEEN_EXPIRY = 5000


class Store:
    """The history of statements. Live ones are objects held here; ended ones are read back when asked for."""

    def __init__(self, file: Path) -> None:
        # Its owner's only, as are the files that SQLite puts beside it.
        file.touch(mode=0o600)
        file.chmod(0o600)
        self._database = sqlite3.connect(file, isolation_level=None)
        [version] = self._database.execute("PRAGMA user_version").fetchone()
        if version != VERSION:  # another release's: history is worth less than a migration
            self._database.executescript("DROP TABLE IF EXISTS statement; DROP TABLE IF EXISTS page;")
        self._database.executescript(f"{SCHEMA} PRAGMA user_version = {VERSION};")
        self._saves = 0
        self._live: dict[str, Statement] = {}
        self._recent: dict[str, Statement] = {}

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def save(self, statement: Statement) -> None:
        """Keep a statement as it is now."""
        document = json.dumps(statement.to_document())
        if statement.id in self._live:
            # Of what the indexes hold only the status changes: less work than a replacement.
            self._database.execute(UPDATE, (statement.status, document, statement.id))
        else:
            self._database.execute(INSERT, (*(getattr(statement, column) for column in COLUMNS), document))
        self._saves += 1
        if self._saves % SAVES_BETWEEN_EXPIRY == 0:
            self.expire()
        if statement.has_ended:
            self._live.pop(statement.id, None)
            self._recent[statement.id] = statement
            if len(self._recent) > RECENT:
                del self._recent[next(iter(self._recent))]
        else:
            self._live[statement.id] = statement

    def save_status(self, statement: Statement) -> None:
        """Keep only a live statement's status, which costs less."""
        query = "UPDATE statement SET status = ? WHERE id = ?"
        self._database.execute(query, (statement.status, statement.id))

    def get(self, statement_id: str) -> Statement | None:
        """Return a statement not older than 24 hours."""
        held = self._live.get(statement_id) or self._recent.get(statement_id)
        if held:
            return held if held.created_at > _horizon() else None
        query = "SELECT document FROM statement WHERE id = ? AND created_at > ?"
        row = self._database.execute(query, (statement_id, _horizon())).fetchone()
        return Statement.from_document(json.loads(row[0])) if row else None

    def by_token(self, token: str) -> Statement | None:
        """Return the statement that a client token started in the last 8 hours."""
        query = "SELECT id FROM statement WHERE token = ? AND created_at > ? ORDER BY created_at LIMIT 1"
        row = self._database.execute(query, (token, time.time() - TOKEN_SECONDS)).fetchone()
        return self.get(row[0]) if row else None

    def live(self) -> list[Statement]:
        """Return the statements that have not ended."""
        return list(self._live.values())

    def interrupted(self) -> list[Statement]:
        """Return the statements that an earlier process left unended."""
        query = "SELECT status, document FROM statement WHERE status NOT IN ('FINISHED', 'FAILED', 'ABORTED')"
        return [
            Statement.from_document(json.loads(document) | {"status": status})
            for status, document in self._database.execute(query)
        ]

    def newest_first(
        self, before: tuple[float, str] | None, limit: int, conditions: dict[str, Any]
    ) -> list[Statement]:
        """Return up to `limit` statements older than a position (created_at, id).

        Conditions are columns and their values, but `prefix` is the beginning of the statement's name.
        """
        where = ["created_at > ?"]
        values: list[Any] = [_horizon()]
        if before:
            where.append("(created_at, id) < (?, ?)")
            values += before
        for column, value in conditions.items():
            if column == "prefix":
                where.append("substr(name, 1, ?) = ?")
                values += [len(value), value]
            else:
                where.append(f"{column} = ?")
                values.append(value)
        query = (
            f"SELECT id FROM statement WHERE {' AND '.join(where)} ORDER BY created_at DESC, id DESC LIMIT ?"  # noqa: S608
        )
        ids = self._database.execute(query, (*values, limit)).fetchall()
        return [found for (statement_id,) in ids if (found := self.get(statement_id))]

    def add_page(self, statement_id: str, part: int, number: int, body: bytes) -> None:
        """Keep one page of a part's result."""
        query = "INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)"
        self._database.execute(query, (statement_id, part, number, body))

    def page(self, statement_id: str, part: int, number: int) -> tuple[bytes, bool] | None:
        """Return one page and whether another follows it."""
        query = "SELECT number, body FROM page WHERE statement_id = ? AND part = ? AND number IN (?, ?) ORDER BY number"
        rows = self._database.execute(query, (statement_id, part, number, number + 1)).fetchall()
        if not rows or rows[0][0] != number:
            return None
        return rows[0][1], len(rows) > 1

    def drop_pages(self, statement_id: str, part: int) -> None:
        """Forget a part's result."""
        self._database.execute("DELETE FROM page WHERE statement_id = ? AND part = ?", (statement_id, part))

    def expire(self) -> None:
        """Forget what is older than 24 hours, but nothing that still runs."""
        old = "created_at <= ? AND status IN ('FINISHED', 'FAILED', 'ABORTED')"
        self._database.execute(
            f"DELETE FROM page WHERE statement_id IN (SELECT id FROM statement WHERE {old})",  # noqa: S608
            (_horizon(),),
        )
        self._database.execute(f"DELETE FROM statement WHERE {old}", (_horizon(),))  # noqa: S608

    def clear(self) -> None:
        """Forget every ended statement."""
        self._database.executescript(
            "DELETE FROM page; DELETE FROM statement WHERE status IN ('FINISHED', 'FAILED', 'ABORTED');"
        )
        self._recent.clear()


def _horizon() -> float:
    return time.time() - RETENTION_SECONDS
