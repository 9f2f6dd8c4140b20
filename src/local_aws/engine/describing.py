"""Has PostgreSQL parse and describe queries, which are never run, however many in one round trip."""

from collections.abc import Sequence

from psycopg import pq
from psycopg.pq.abc import PGresult

from local_aws import dialect
from local_aws.engine.connection import GOOD, Connection
from local_aws.engine.libpq import engine_error, field

# Classes of errors that tell something of the query; any other is an error of the connection, or a cancellation.
_TELLING = ("0A", "22", "2B", "3D", "3F", "42")


async def describe(connection: Connection, queries: Sequence[str]) -> list[dialect.Answer]:
    """Describe queries in one round trip, each as if it were alone, without a trace in an open transaction.

    Raises EngineError when the connection fails.
    """
    in_block = connection.in_transaction
    connection.handle.enter_pipeline_mode()
    if in_block:
        _send(connection, b"SAVEPOINT local_aws_aside")
    for query in queries:
        connection.handle.send_prepare(b"", query.encode())
        connection.handle.send_describe_prepared(b"")
        connection.handle.pipeline_sync()
        if in_block:
            _send(connection, b"ROLLBACK TO local_aws_aside")
    if in_block:
        _send(connection, b"RELEASE local_aws_aside")
    groups = await connection.end_pipeline(2 * len(queries) + 2 if in_block else len(queries))
    if in_block:
        for result in (result for group in (*groups[::2], groups[-1]) for result in group):
            if result.status not in GOOD:
                raise engine_error(result)
        groups = groups[1:-1:2]
    return [_answer(group) for group in groups]


def _send(connection: Connection, command: bytes) -> None:
    connection.handle.send_query_params(command, None)
    connection.handle.pipeline_sync()


def _answer(results: Sequence[PGresult]) -> dialect.Answer:
    """Return what the results of a preparation and of a description, or the first that is an error, tell."""
    result = next((result for result in results if result.status not in GOOD), results[-1])
    if result.status in GOOD:
        return dialect.Answer(tuple((result.fname(n) or b"").decode() for n in range(result.nfields)))
    error = engine_error(result)
    if not error.sqlstate.startswith(_TELLING):
        raise error
    position = field(result, pq.DiagnosticField.STATEMENT_POSITION)
    return dialect.Answer((), error.sqlstate, error.message, int(position or 0))
