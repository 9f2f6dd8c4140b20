"""Ending a statement before other work may begin."""

import asyncio
import time
from functools import partial

from prefect_redshift.data_api.cancelling.cancel import cancel_and_confirm
from prefect_redshift.data_api.cancelling.cancellation import CANCELLATION_SECONDS
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import StillRunningError

# How long it is asked to end. Redshift may take a while to roll back.
ENDING_SECONDS = 300.0


async def end_first(connection: Connection, statement: Statement, deadline: float) -> None:
    """Cancel a statement and wait until it has ended (API: CancelStatement, DescribeStatement).

    Args:
        connection: The warehouse; its listener is told of the cancellation.
        statement: The statement.
        deadline: By the monotonic clock, in seconds.

    Raises:
        StillRunningError: It had not ended at the deadline, or the service refuses to cancel it.
    """
    deadline = min(deadline, time.monotonic() + ENDING_SECONDS)
    client = connection.client
    while True:
        until = min(deadline, time.monotonic() + CANCELLATION_SECONDS)
        work = client.clean_up(partial(cancel_and_confirm, client, statement.id, statement.name, until))
        outcome = await asyncio.wrap_future(work)
        if isinstance(outcome, Statement):
            connection.listener.cancelled(outcome)
            return
        was_refused = time.monotonic() < until - 0.1
        if was_refused or time.monotonic() >= deadline:
            raise StillRunningError(statement, str(outcome))
