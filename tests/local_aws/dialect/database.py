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
            cursor = psycopg.RawCursor(self.connection).execute(self.resolve(statement).encode(), [])
            rows = cursor.fetchall() if cursor.description else []
        return rows

    def resolve(self, statement: str) -> str:
        """Return the statement for PostgreSQL, its names looked up."""
        asking = dialect.resolve(statement, thorough=True)
        try:
            query = next(asking)
            while True:
                query = asking.send(self._answer(query))
        except StopIteration as done:
            return str(done.value)

    def _answer(self, query: str) -> dialect.Answer:
        handle, code = self.connection.pgconn, psycopg.pq.DiagnosticField
        in_block = handle.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        if in_block:
            handle.exec_(b"SAVEPOINT asking")
        result = handle.prepare(b"", query.encode())
        if result.status == psycopg.pq.ExecStatus.COMMAND_OK:
            result = handle.describe_prepared(b"")
        fields = (
            result.error_field(c) or b""
            for c in (code.SQLSTATE, code.MESSAGE_PRIMARY, code.STATEMENT_POSITION)
        )
        state, message, position = (field.decode() for field in fields)
        if in_block:
            handle.exec_(b"ROLLBACK TO SAVEPOINT asking")
        columns = [(result.fname(n) or b"").decode() for n in range(result.nfields)]
        return dialect.Answer(tuple(columns), state, message, int(position or 0))

    def value(self, expression: str) -> object:
        """Return what one expression is."""
        return self.run(f"select {expression}")[0][0]

    def column(self, query: str) -> list[object]:
        """Return the first column of a query."""
        return [row[0] for row in self.run(query)]
