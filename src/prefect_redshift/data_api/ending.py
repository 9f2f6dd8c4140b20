"""Ending a statement before other work may begin."""

import asyncio
import time

from prefect_redshift.aws.retries import backoff
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.data_api.cancelling import cancel_and_confirm
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.exceptions import StillRunningError, TransientCallError

# How long it is asked to end. Redshift may take a while to roll back.
ENDING_SECONDS = 300.0


async def end_first(connection: Connection, statement_id: str, name: str, deadline: float) -> None:
    """Cancel a statement and wait until it has ended (API: CancelStatement, DescribeStatement).

    Args:
        connection: The warehouse; its listener is told of the cancellation.
        statement_id: The statement.
        name: Its StatementName.
        deadline: By the monotonic clock, in seconds.

    Raises:
        StillRunningError: It had not ended at the deadline.
        CallError: A call was refused.
    """
    deadline = min(deadline, time.monotonic() + ENDING_SECONDS)
    client = connection.client
    await client.opened()
    attempt = 0
    while True:
        is_over = time.monotonic() >= deadline
        try:
            statement = await wait_uncancelled(
                client.in_background(lambda: cancel_and_confirm(client, statement_id, name))
            )
        except TransientCallError:
            if is_over:
                raise
        else:
            if statement.has_ended:
                connection.listener.cancelled(statement)
                return
            if is_over:
                raise StillRunningError(statement)
        await asyncio.sleep(backoff(attempt))
        attempt += 1
