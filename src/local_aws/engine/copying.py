"""PostgreSQL's own COPY over a connection: rows in and out as bytes, never all of them at once."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from psycopg import generators, pq, waiting
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn

from local_aws.engine.connection import Connection
from local_aws.engine.libpq import EngineError, engine_error, waited


async def copy_in(connection: Connection, sql: str, chunks: AsyncGenerator[bytes, None]) -> int:
    """Run COPY ... FROM STDIN; return the number of rows. An exception out of `chunks` undoes it."""
    handle = connection.handle
    await _begin(connection, sql, pq.ExecStatus.COPY_IN)
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                await waited(handle, generators.copy_to(handle, chunk, flush=False))
                await connection.flush()
                await waited(handle, _read(handle))
                if connection.stopping:
                    raise EngineError("canceling statement due to user request", sqlstate="57014")
    except BaseException:
        if connection.usable:
            handle.put_copy_end(b"the data could not be read")
            await connection.drain()
        raise
    while not handle.put_copy_end():
        await connection.flush()
    return await _finish(connection)


async def copy_out(connection: Connection, sql: str) -> AsyncGenerator[bytes, None]:
    """Run COPY ... TO STDOUT; yield its rows, each with its line end."""
    handle = connection.handle
    await _begin(connection, sql, pq.ExecStatus.COPY_OUT)
    while (got := handle.get_copy_data(1))[0] >= 0:
        if got[0]:
            yield bytes(got[1])
        else:
            await waited(handle, _read(handle, wait=True))
    await _finish(connection)


def _read(handle: PGconn, *, wait: bool = False) -> PQGen[None]:
    """Read what the server has sent, or will have sent: rows, or notices, without which it would not go on."""
    while wait and not (yield waiting.Wait.R):
        pass
    handle.consume_input()


async def _begin(connection: Connection, sql: str, wanted: pq.ExecStatus) -> None:
    connection.stopping = False
    connection.handle.send_query_params(sql.encode(), None)
    await connection.flush()
    result = await connection.next_result()
    if result is not None and result.status == wanted:
        return
    await connection.drain()
    raise engine_error(result) if result is not None else EngineError("COPY did not begin")


async def _finish(connection: Connection) -> int:
    rows = 0
    async for result in connection.results():
        rows = result.command_tuples or 0
    return rows
