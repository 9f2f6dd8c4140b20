"""The calls of the probes, over the wire: what was answered or refused, and how long it took."""

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from botocore.exceptions import ClientError
from prefect_aws import AwsCredentials

from prefect_redshift.aws.aws_client import CALL_THREADS, AwsClient
from prefect_redshift.aws.retries import retried
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.blocks.credentials import client_of
from prefect_redshift.exceptions import CallError

DATA_API = "redshift-data"
# Long polls under way at once; one probe alone has 30 of them.
MAX_WAITS = 60
_READING = ("Describe", "Get", "List", "Receive")
_RETRY_SECONDS = 30.0
# How long an interruption waits for the answer of a call that makes something.
_ANSWER_SECONDS = 35.0
_WAITING_ANSWER_SECONDS = 5.0
# What says nothing about the question: no permission, no valid credentials, a service that is busy or out of order.
_NO_ANSWERS = (
    "AccessDenied",
    "NotAuthorized",
    "UnrecognizedClient",
    "InvalidClientToken",
    "InvalidSignature",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "MissingAuthentication",
    "OptInRequired",
    "Throttl",
    "TooManyRequests",
    "RequestLimitExceeded",
    "InternalServer",
    "ExecuteStatementException",
    "BatchExecuteStatementException",
    "InternalFailure",
    "ServiceUnavailable",
    "ActiveStatementsExceeded",
    "ActiveSessionsExceeded",
    "EndpointConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
)


@dataclass(frozen=True)
class Answer:
    """What came back of one call.

    Attributes:
        data: The members of the answer; empty where the call was refused.
        code: The error's code; empty where the call was answered.
        words: The error's message.
        seconds: How long the call took.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    words: str = ""
    seconds: float = 0.0

    def __getitem__(self, member: str) -> Any:
        return self.data.get(member)

    @property
    def outcome(self) -> str:
        """`answered`, or the code of the refusal."""
        return self.code or "answered"

    @property
    def says_nothing(self) -> bool:
        """Whether the call was refused for a reason that has nothing to do with what was asked."""
        return self.code.startswith(_NO_ANSWERS)


class Wire(Protocol):
    """What makes the calls, and waits between them."""

    async def call(
        self, service: str, operation: str, inputs: Mapping[str, Any], *, once: bool = False
    ) -> Answer:
        """Make one call; a refusal is an answer as well. With `once`, so is a throttle."""

    async def pause(self, seconds: float) -> None:
        """Wait before the next call."""


class AwsWire:
    """Real calls by boto3.

    A throttled or failing call is made again. One that makes something is waited for even when the run is interrupted,
    so that what it made is known.

    Attributes:
        operations: Every operation that was called, by service.
    """

    def __init__(self, credentials: AwsCredentials) -> None:
        self._credentials = credentials
        self._clients: dict[str, AwsClient] = {}
        self.operations: set[tuple[str, str]] = set()

    async def pause(self, seconds: float) -> None:
        """Wait before the next call."""
        await asyncio.sleep(seconds)

    async def call(
        self, service: str, operation: str, inputs: Mapping[str, Any], *, once: bool = False
    ) -> Answer:
        """Make one call; a refusal is an answer as well. With `once`, so is a throttle."""
        self.operations.add((service, operation))
        client = self._client(service)
        started = time.monotonic()
        try:
            data = await retried(partial(_made, client, operation, inputs), 0.0 if once else _RETRY_SECONDS)
        except CallError as error:
            return _refusal(error, time.monotonic() - started)
        kept = {name: value for name, value in data.items() if name != "ResponseMetadata"}
        return Answer(kept, seconds=time.monotonic() - started)

    def endpoint(self) -> str:
        """Return the URL at which the Data API is called.

        Raises:
            CallError: There are no credentials, or no region.
        """
        client = client_of(DATA_API, self._credentials, 1)
        client.close()
        return str(client.meta.endpoint_url)

    def _client(self, service: str) -> AwsClient:
        if service not in self._clients:
            make = partial(client_of, service, self._credentials, MAX_WAITS + CALL_THREADS)
            self._clients[service] = AwsClient(make, MAX_WAITS)
        return self._clients[service]


async def _made(client: AwsClient, operation: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    await client.opened()
    call = client.start(operation, inputs)
    answer = asyncio.wrap_future(call)
    # After an interruption nobody asks for its error, and asyncio would print it.
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        return await asyncio.shield(answer)
    except asyncio.CancelledError:
        late = await _late_answer(call, operation, inputs)
        client.abort(call)
        task = asyncio.current_task()
        if late is None or task is None:
            raise
        # What was made is told to whoever removes it; the interruption follows at the next await.
        task.uncancel()
        task.cancel()
        return late


async def _late_answer(
    call: "Future[dict[str, Any]]", operation: str, inputs: Mapping[str, Any]
) -> dict[str, Any] | None:
    if operation.startswith(_READING):
        return None
    seconds = _WAITING_ANSWER_SECONDS if "WaitTimeSeconds" in inputs else _ANSWER_SECONDS
    with suppress(CallError, TimeoutError):
        return await wait_uncancelled(call, seconds)
    return None


def _refusal(error: CallError, seconds: float) -> Answer:
    return Answer(code=error.code, words=_words(error), seconds=seconds)


def _words(error: CallError) -> str:
    cause = error.__cause__
    if isinstance(cause, ClientError):
        return str(cause.response.get("Error", {}).get("Message") or cause.response.get("Message", ""))
    return str(error)
