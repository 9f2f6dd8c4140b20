"""Waiting for a statement's end: long polls where the service offers them, else polls that get rarer."""

import asyncio
import math
import time

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.aws.polling import Pace
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.data_api.submission import refuses_to_wait
from prefect_redshift.exceptions import CallError, TransientCallError

# The service's own maximum (DescribeStatement, WaitTimeSeconds).
LONGEST_POLL_SECONDS = 30
# How much later than its statement's timeout a poll may be answered.
GRACE_SECONDS = 2.0


async def wait_for_end(client: AwsClient, statement: Statement, timeout: float) -> Statement:
    """Wait until a statement has ended, or until `timeout` seconds have passed.

    A poll that fails for a passing reason is made again: only the timeout gives a live statement up.

    Returns:
        The statement as described last; not ended if the timeout passed.

    Raises:
        CallError: A call was refused.
    """
    deadline = time.monotonic() + timeout
    await client.opened()
    pace = Pace()
    long_poll = client.accepts("DescribeStatement", "WaitTimeSeconds")
    while True:
        remaining = deadline - time.monotonic()
        wait_seconds = min(LONGEST_POLL_SECONDS, math.ceil(remaining)) if long_poll and remaining > 0 else 0
        call_seconds = min(wait_seconds + LONGEST_POLL_SECONDS, max(0.0, remaining) + GRACE_SECONDS)
        asked_at = time.monotonic()
        try:
            statement = await describe(client, statement.id, statement.name, wait_seconds, call_seconds)
        except TransientCallError as error:
            if error.code == "ActiveWaitingRequestsExceededException":
                long_poll = False
            if time.monotonic() >= deadline:
                return statement
        except CallError as error:
            if not long_poll or not refuses_to_wait(error):
                raise
            long_poll = False
        else:
            # An endpoint that does not know the field answers at once: go on as if it were not there.
            has_waited = wait_seconds and time.monotonic() - asked_at >= wait_seconds / 2
            if statement.has_ended:
                return statement
            if has_waited and remaining > 0:
                continue
        if remaining <= 0:
            return statement
        await asyncio.sleep(min(pace.pause(), max(0.0, deadline - time.monotonic())))


async def describe(
    client: AwsClient, statement_id: str, name: str, wait_seconds: int = 0, call_seconds: float | None = None
) -> Statement:
    """Describe a statement once (API: DescribeStatement), after at most `wait_seconds`, or at its end."""
    parameters = {"Id": statement_id} | ({"WaitTimeSeconds": wait_seconds} if wait_seconds else {})
    return Statement.from_response(await client.once("DescribeStatement", parameters, call_seconds), name)
