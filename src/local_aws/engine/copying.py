"""PostgreSQL's own COPY over a connection: rows in and out as bytes, never all of them at once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from psycopg import OperationalError, pq

from local_aws.engine.connection import Connection
from local_aws.engine.libpq import EngineError, engine_error, ready


async def copy_in(connection: Connection, sql: str, chunks: AsyncGenerator[bytes, None]) -> int:
    """Run COPY ... FROM STDIN; return the number of rows. An exception out of `chunks` undoes it."""
    await _begin(connection, sql, pq.ExecStatus.COPY_IN)
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                while not connection.handle.put_copy_data(chunk):
                    await _send(connection)
                await _send(connection)
                if connection.stopping:
                    raise EngineError("canceling statement due to user request", sqlstate="57014")
    except OperationalError as error:  # the connection is gone
        raise EngineError(str(error).strip(), severity="FATAL", sqlstate="08006") from None
    except BaseException:
        connection.handle.put_copy_end(b"the data could not be read")
        await connection.flush()
        while await connection.next_result() is not None:
            pass
        raise
    while not connection.handle.put_copy_end():
        await connection.flush()
    return await _finish(connection)


async def copy_out(connection: Connection, sql: str) -> AsyncGenerator[bytes, None]:
    """Run COPY ... TO STDOUT; yield its rows, each with its line end."""
    await _begin(connection, sql, pq.ExecStatus.COPY_OUT)
    while True:
        length, row = connection.handle.get_copy_data(1)
        if length > 0:
            yield bytes(row)
        elif length == 0:
            await ready(connection.handle.socket, for_writing=False)
            connection.handle.consume_input()
        else:
            break
    await _finish(connection)


async def _send(connection: Connection) -> None:
    """Send what waits, and read meanwhile: a server that cannot get rid of its notices would not read, either."""
    connection.handle.consume_input()
    while connection.handle.flush():
        socket = connection.handle.socket
        waiting = [asyncio.ensure_future(ready(socket, for_writing=writing)) for writing in (True, False)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        connection.handle.consume_input()


async def _begin(connection: Connection, sql: str, wanted: pq.ExecStatus) -> None:
    connection.stopping = False
    connection.handle.send_query_params(sql.encode(), None)
    await connection.flush()
    result = await connection.next_result()
    if result is not None and result.status == wanted:
        return
    while await connection.next_result() is not None:
        pass
    raise engine_error(result) if result is not None else EngineError("COPY did not begin")


async def _finish(connection: Connection) -> int:
    rows = 0
    async for result in connection.results():
        rows = result.command_tuples or 0
    return rows
