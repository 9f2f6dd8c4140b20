"""Drives what the dialect asks PostgreSQL about names: queries are parsed and described on a connection, never run."""

from local_aws import dialect
from local_aws.dialect.lexing.literals import quoted_name
from local_aws.engine.connection import Connection, EngineError
from local_aws.engine.describing import describe


async def resolve(connection: Connection, text: str, *, thorough: bool = False) -> str:
    """Return the statement for PostgreSQL with its names resolved; see `dialect.resolve`.

    In a transaction block the lock of a writer comes before the first look, which takes the transaction's snapshot.
    Raises EngineError when the connection fails or is cancelled.
    """
    before = dialect.questions_before(text, thorough=thorough)
    asking = dialect.resolve(text, thorough=thorough)
    try:
        query = next(asking)
        await lock_first(connection, text)
        # A procedure that is deployed again has dozens of questions.
        known = dict(zip(before, await describe(connection, before), strict=True)) if before else {}
        while True:
            [answer] = [known[query]] if query in known else await describe(connection, [query])
            query = asking.send(answer)
    except StopIteration as done:
        return str(done.value)


async def lock_first(connection: Connection, text: str) -> None:
    """Take the lock of the table that a statement writes to, if it is in a transaction block."""
    if connection.in_transaction and (table := dialect.written_table(text)) is not None:
        await connection.run(dialect.lock_statement(dialect.rewrite(table)))


async def require_schema(connection: Connection, name: str) -> None:
    """Raise EngineError unless there is a schema of the name.

    SET CONSTRAINTS looks for it without taking the transaction's snapshot, which no query does, and always fails.
    """
    async with connection.aside():
        try:
            await connection.run(f"SET CONSTRAINTS {quoted_name(name)}.local_aws DEFERRED")
        except EngineError as error:
            if error.sqlstate == "3F000":
                raise


async def require_principal(connection: Connection, kind: str, name: str) -> None:
    """Raise EngineError unless there is a user, a group or a role of the name."""
    async with connection.aside():
        await connection.run("SELECT local_aws.require_principal($1, $2)", [kind, name])
