"""Asks PostgreSQL what a statement divides, and lets the statement say with which scale."""

from psycopg import pq
from psycopg.pq.abc import PGresult

from local_aws import dialect
from local_aws.dialect.decimals import edits, shapes, trees
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.engine.asking import lock_first
from local_aws.engine.connection import Connection
from local_aws.engine.libpq import field

_FIRST = ("select", "with", "insert", "update", "delete", "merge", "(")
_SHOW_TREE = ("SET LOCAL debug_print_parse = on", "SET LOCAL client_min_messages = log")


async def scaled(connection: Connection, sql: str) -> str:
    """Return the statement with the scales of its divisions; as it is where there are none, or it is in error.

    In a transaction block the lock of a writer comes before the look, which takes the transaction's snapshot.
    """
    if "/" not in sql:
        return sql
    tokens = Tokens(sql)
    start = _query(tokens) if "/" in tokens.low else None
    if start is None:
        return sql
    await lock_first(connection, sql)
    found = await _divisions(connection, tokens.render(start))
    edits.apply(tokens, {start + i: shape for i, shape in found.items()})
    return tokens.render()


def _query(tokens: Tokens) -> int | None:
    """Where the query begins that can be prepared; None for statements that have none."""
    if tokens.low[0] in _FIRST:
        return 0
    if tokens.low[0] != "create" or not {"table", "view"} & set(tokens.low[1:5]):
        return None
    starts = (i + 1 for i, word in enumerate(tokens.low) if word == "as" and tokens.low[i + 1] in _FIRST)
    return next(starts, None)


async def _divisions(connection: Connection, sql: str) -> dict[int, shapes.Shape]:
    tokens = Tokens(sql)
    # As the parse tree counts: in bytes.
    places = {start: i for i, start in enumerate(tokens.starts(lambda text: len(text.encode())))}
    known: dict[int, shapes.Shape] = {}

    try:
        for text in await _trees(connection, sql):
            for place, shape in shapes.divisions(
                trees.parse(text), lambda place: tokens.text[places.get(place, -1)]
            ):
                if shape is not None and place in places:
                    known[places[place]] = shape
    except RecursionError:
        raise dialect.UnsupportedError("divisions in expressions nested hundreds deep") from None
    return known


async def _trees(connection: Connection, sql: str) -> list[str]:
    """Return the parse trees of a statement that is prepared and never run; none if it is in error."""
    found: list[str] = []

    def hear(result: PGresult) -> None:
        if field(result, pq.DiagnosticField.MESSAGE_PRIMARY).startswith("parse tree"):
            found.append(field(result, pq.DiagnosticField.MESSAGE_DETAIL))

    handle, heard = connection.handle, connection.handle.notice_handler
    try:
        async with connection.aside():
            handle.notice_handler = hear
            handle.enter_pipeline_mode()
            for setting in _SHOW_TREE:
                handle.send_query_params(setting.encode(), None)
            handle.send_prepare(b"", sql.encode())
            handle.pipeline_sync()
            await connection.end_pipeline()
    finally:
        handle.notice_handler = heard
    return [text for text in found if ":opno 1761" in text]
