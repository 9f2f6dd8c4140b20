"""Pages of an answer, followed to the last one."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.exceptions import ResultError


class Pager:
    """The inputs of one page after the other; knows a token that it has seen before.

    Args:
        operation: The API's operation, for the error's message.
        inputs: The inputs of the first page.
    """

    def __init__(self, operation: str, inputs: Mapping[str, Any]) -> None:
        self.operation = operation
        self.inputs = dict(inputs)
        self._seen: set[str] = set()

    def turn(self, page: Mapping[str, Any]) -> bool:
        """Return whether a page follows `page`; `inputs` are then those of that next page.

        Raises:
            ResultError: The service repeats itself, and would do so for ever.
        """
        # Step Functions writes its members with a small first letter.
        member = "nextToken" if "nextToken" in page else "NextToken"
        token = page.get(member)
        if not token:
            return False
        if token in self._seen:
            raise ResultError(f"{self.operation}: the service repeats a page of its answer; ask again.")
        self._seen.add(token)
        self.inputs[member] = token
        return True


async def pages(
    client: AwsClient,
    operation: str,
    inputs: Mapping[str, Any],
    *,
    ahead: bool = False,
    first: dict[str, Any] | None = None,
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield all pages of a paginated operation, one at a time.

    Args:
        ahead: Whether the next page is fetched while the caller works on the current one.
        first: The first page, where it has been fetched already.

    Raises:
        ResultError: The service repeats a page.
        CallError: A call was refused.
    """
    pager = Pager(operation, inputs)
    fetch: asyncio.Future[dict[str, Any]]
    if first is None:
        fetch = asyncio.ensure_future(client.request(operation, pager.inputs))
    else:
        fetch = asyncio.get_running_loop().create_future()
        fetch.set_result(first)
    try:
        while True:
            page = await fetch
            more = pager.turn(page)
            if more and ahead:
                fetch = asyncio.ensure_future(client.request(operation, dict(pager.inputs)))
            yield page
            if not more:
                return
            if not ahead:
                fetch = asyncio.ensure_future(client.request(operation, dict(pager.inputs)))
    finally:
        fetch.cancel()
        # Nobody waits for a page that was fetched in vain: its failure, if any, is not worth a warning.
        fetch.add_done_callback(lambda unused: unused.cancelled() or unused.exception())


async def items(
    client: AwsClient, operation: str, member: str, inputs: Mapping[str, Any]
) -> AsyncIterator[Any]:
    """Yield the elements of the list `member` of all pages."""
    async with aclosing(pages(client, operation, inputs)) as answers:
        async for page in answers:
            for item in page.get(member, ()):
                yield item
