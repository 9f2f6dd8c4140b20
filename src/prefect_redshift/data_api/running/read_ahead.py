"""Waiting for a statement's end and for the first page of its result at once: the rows then cost no round trip more."""

import asyncio
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.data_api.request import Request
from prefect_redshift.data_api.running.waiting import LONGEST_POLL_SECONDS, wait_for_end
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import CallError


async def wait_and_read(
    client: AwsClient, statement: Statement, request: Request, timeout: float
) -> Statement:
    """Wait for the end as `wait_for_end` does, and meanwhile ask for the result of the last statement.

    The service answers that call at the statement's end, too (API: GetStatementResult or GetStatementResultV2). Where
    it does not, the statement returned has no first page, and its rows are read when they are wanted.

    Raises:
        CallError: A call was refused that asks for the end.
    """
    reading = asyncio.ensure_future(_first_page(client, statement, request))
    try:
        ended = await wait_for_end(client, statement, timeout)
        return ended.with_first_page(await reading) if ended.status == "FINISHED" else ended
    finally:
        reading.cancel()


async def _first_page(client: AwsClient, statement: Statement, request: Request) -> dict[str, Any] | None:
    operation = "GetStatementResultV2" if request.result_format == "CSV" else "GetStatementResult"
    await client.opened()
    if not client.accepts(operation, "WaitTimeSeconds"):
        return None
    last = f"{statement.id}:{len(request.statements)}" if request.is_batch else statement.id
    try:
        return await client.once(operation, {"Id": last, "WaitTimeSeconds": LONGEST_POLL_SECONDS})
    except CallError:
        return None
