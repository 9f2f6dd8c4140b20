"""Queries that PostgreSQL describes all at once, as if each were alone."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from local_aws.engine.connection import Connection
from local_aws.engine.describing import describe
from local_aws.engine.libpq import EngineError
from tests.local_aws.dialect.database import Database

QUERIES = [
    "select a, a + 1 as b from described",
    "select nope from described",
    "select a from described where",
    "select * from described, not_there",
    "select 1 as x, 'y' as z",
    "insert into described values (1)",
]


@pytest.mark.parametrize("in_block", [False, True])
def test_the_answers_are_those_to_each_alone_and_leave_no_trace(
    cluster: tuple[str, Path], new_database: Callable[[], Database], in_block: bool
) -> None:
    db = new_database()
    db.run("create table described (a int)")

    async def both() -> None:
        connection = await connected(cluster, db)
        if in_block:
            await connection.run("BEGIN")
            await connection.run("create table others (b int)")
        alone = [(await describe(connection, [query]))[0] for query in QUERIES]
        assert await describe(connection, QUERIES) == alone
        assert [answer.columns for answer in alone] == [("a", "b"), (), (), (), ("x", "z"), ()]
        assert alone[1].sqlstate == "42703"
        if in_block:
            await connection.run("COMMIT")
            assert await connection.run("select count(*) from others") == [("0",)]
        assert await connection.run("select count(*) from described") == [("0",)]
        connection.close()

    asyncio.run(both())


def test_an_error_of_the_transaction_is_raised_and_the_connection_is_usable(
    cluster: tuple[str, Path], new_database: Callable[[], Database]
) -> None:
    db = new_database()

    async def in_a_failed_block() -> None:
        connection = await connected(cluster, db)
        await connection.run("BEGIN")
        with pytest.raises(EngineError):
            await connection.run("select nope")
        with pytest.raises(EngineError, match="current transaction is aborted"):
            await describe(connection, QUERIES)
        await connection.run("ROLLBACK")
        assert await connection.run("select 1") == [("1",)]
        connection.close()

    asyncio.run(in_a_failed_block())


async def connected(cluster: tuple[str, Path], db: Database) -> Connection:
    """Connect to the same database as a client of the engine does."""
    sockets = cluster[0].split()[0].removeprefix("host=")
    connection = await Connection.open(sockets, db.connection.info.dbname, db.connection.info.user)
    await connection.run("SET search_path = public")
    return connection
