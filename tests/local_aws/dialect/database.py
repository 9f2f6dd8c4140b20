"""A database that is spoken to in Redshift's dialect."""

from pathlib import Path

import psycopg

from local_aws import dialect

Rows = list[tuple[object, ...]]


class Database:
    """One connection; `messages` are what procedures said; `data` is the cluster's data directory."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]], data: Path) -> None:
        self.connection = connection
        self.messages: list[str] = []
        mailbox = dialect.Mailbox(data, dialect.rewrite_dynamic)

        def listen(notice: psycopg.errors.Diagnostic) -> None:
            if not mailbox.answer(notice.sqlstate, notice.message_primary) and notice.severity == "INFO":
                self.messages.append(notice.message_primary or "")

        connection.add_notice_handler(listen)

    def run(self, sql: str) -> Rows:
        """Run a script, each statement by itself, and return the last result's rows."""
        rows: Rows = []
        for statement in dialect.split(sql):
            # With parameters, even none, the extended protocol is used, as the stand-in does.
            cursor = psycopg.RawCursor(self.connection).execute(dialect.rewrite(statement).encode(), [])
            rows = cursor.fetchall() if cursor.description else []
        return rows

    def value(self, expression: str) -> object:
        """What one expression is."""
        return self.run(f"select {expression}")[0][0]

    def column(self, query: str) -> list[object]:
        """The first column of a query."""
        return [row[0] for row in self.run(query)]
