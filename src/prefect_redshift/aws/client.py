"""boto3's clients, called from an event loop: threads, retries, and which errors are worth a retry."""

import asyncio
import random
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from botocore import xform_name
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)

from prefect_redshift.exceptions import (
    CallError,
    CredentialsRefusedError,
    EndpointUnreachableError,
    TransientCallError,
)

# botocore's own retries leave out the Active…Exceeded errors and hide from the log: they are switched off.
_TRANSIENT_CODES = frozenset(
    {
        "ActiveSessionsExceededException",
        "ActiveStatementsExceededException",
        "ActiveWaitingRequestsExceededException",
        "BatchExecuteStatementException",
        "DatabaseConnectionException",
        "ExecuteStatementException",
        "ExecutionLimitExceeded",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "KmsThrottlingException",
        "QueryTimeoutException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_CREDENTIAL_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_CREDENTIAL_ERRORS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)
CHECK_ENDPOINT = "Check AWS_ENDPOINT_URL, the region and the network."
CHECK_CREDENTIALS = "Check the AWS credentials and that they allow this action."

T = TypeVar("T")

RETRY_SECONDS = 60.0
UNREACHABLE_SECONDS = 10.0
CALL_THREADS = 32


class Calls:
    """Calls of one boto3 client, each on a thread of its own: long polls on one pool, all else on another.

    Two pools, so that a short call never queues behind polls that the service answers after 30 seconds.

    Args:
        client: A boto3 client whose connection pool holds `max_waits` + 32 connections.
        max_waits: How many long polls may be under way at once.
    """

    def __init__(self, client: Any, max_waits: int) -> None:
        self.client = client
        self._wait_slots = threading.BoundedSemaphore(max_waits)
        self._waits = ThreadPoolExecutor(max_waits, thread_name_prefix="aws-wait")
        self._calls = ThreadPoolExecutor(CALL_THREADS, thread_name_prefix="aws-call")
        # A signal's exception that breaks into the start of a thread leaves one that its pool does not know of. At the
        # end of the process it goes with those that the pool knows, of which there is so always one: a client is made
        # on a thread, where no signal's exception is raised.
        for pool in (self._waits, self._calls):
            pool.submit(threading.get_ident)
        # Nobody closes a Prefect block: the connections go with the last that uses them.
        weakref.finalize(self, client.close)

    def accepts(self, operation: str, member: str) -> bool:
        """Whether this botocore's model of `operation` has the input `member`."""
        shape = self.client.meta.service_model.operation_model(operation).input_shape
        return shape is not None and member in shape.members

    def request_once(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Makes one call, blocking.

        Raises:
            CallError: What the service or botocore refused, classified.
        """
        method = getattr(self.client, xform_name(operation))
        try:
            response: dict[str, Any] = method(**parameters)
        except (BotoCoreError, ClientError, ValueError) as error:
            refused = classified(operation, error)
            # What botocore says of credentials may quote them, and a traceback shows its words, too.
            raise refused from (None if isinstance(refused, CredentialsRefusedError) else error)
        return response

    def start(self, operation: str, parameters: Mapping[str, Any]) -> "Future[dict[str, Any]]":
        """Starts one call on a thread, without a retry; as a short poll where all long polls are taken."""
        if "WaitTimeSeconds" not in parameters:
            return self._calls.submit(self.request_once, operation, parameters)
        if not self._wait_slots.acquire(blocking=False):
            short = {name: value for name, value in parameters.items() if name != "WaitTimeSeconds"}
            return self._calls.submit(self.request_once, operation, short)
        call = self._waits.submit(self.request_once, operation, parameters)
        call.add_done_callback(lambda _: self._wait_slots.release())
        return call

    def in_background(self, work: Callable[[], T]) -> "Future[T]":
        """Starts blocking `work`, which makes calls of its own, on a thread, in the caller's context.

        What it logs then goes to the Prefect server of the run: without the run's settings, Prefect starts another one.
        """
        return self._calls.submit(copy_context().run, work)

    async def once(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Makes one call without a retry, on a thread."""
        return await asyncio.wrap_future(self.start(operation, parameters))

    async def request(
        self, operation: str, parameters: Mapping[str, Any], retry_seconds: float = RETRY_SECONDS
    ) -> dict[str, Any]:
        """Makes one call, again after a transient failure until `retry_seconds` have passed."""
        return await retried(lambda: self.once(operation, parameters), retry_seconds)


async def retried(call: Callable[[], Awaitable[T]], retry_seconds: float = RETRY_SECONDS) -> T:
    """Awaits `call()`, again after each `TransientCallError`, with exponential backoff and full jitter."""
    started = time.monotonic()
    attempt = 0
    while True:
        try:
            return await call()
        except TransientCallError as error:
            unreachable = isinstance(error, EndpointUnreachableError)
            budget = min(retry_seconds, UNREACHABLE_SECONDS) if unreachable else retry_seconds
            delay = backoff(attempt)
            if time.monotonic() - started + delay > budget:
                raise
        attempt += 1
        await asyncio.sleep(delay)


def backoff(attempt: int, base: float = 0.1, cap: float = 5.0) -> float:
    """Seconds to sleep before a retry: uniform between nothing and an exponentially growing, capped bound."""
    # Not a secret: jitter only has to differ between clients.
    return random.uniform(0, min(cap, base * 2.0 ** min(attempt, 16)))  # noqa: S311


def classified(operation: str, error: Exception) -> CallError:
    """botocore's error as ours: transient, unreachable, credentials or final."""
    if isinstance(error, ClientError):
        return _service_error(operation, error)
    code, message = type(error).__name__, str(error)
    if isinstance(error, EndpointConnectionError):
        return EndpointUnreachableError(operation, code, message, CHECK_ENDPOINT)
    # What no retry mends; botocore wraps what its HTTP library raises.
    cause = getattr(error, "kwargs", {}).get("error", error)
    if isinstance(cause, ValueError) and "header value" in str(cause):
        # Its message holds the value, which is a key or a token.
        no_header = "a key or token has a character that HTTP does not allow, such as a line break"
        return CredentialsRefusedError(operation, code, no_header, CHECK_CREDENTIALS)
    if isinstance(cause, ValueError):
        return CallError(operation, code, message, CHECK_ENDPOINT)
    if isinstance(error, _CREDENTIAL_ERRORS):
        return CredentialsRefusedError(operation, code, message, CHECK_CREDENTIALS)
    if isinstance(error, HTTPClientError | ConnectTimeoutError):
        return TransientCallError(operation, code, message)
    if isinstance(error, NoRegionError):
        return CallError(
            operation, code, message, "Set AWS_DEFAULT_REGION, or region_name of the credentials block."
        )
    return CallError(operation, code, message)


def _service_error(operation: str, error: ClientError) -> CallError:
    code = error.response.get("Error", {}).get("Code", "Unknown")
    message = error.response.get("Error", {}).get("Message") or error.response.get("Message") or "no message"
    http_status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _CREDENTIAL_CODES:
        return CredentialsRefusedError(operation, code, message, CHECK_CREDENTIALS)
    # Serverless hides its throttle in the text of a ValidationException.
    wrapped_throttle = code == "ValidationException" and "ThrottlingException" in message
    if code in _TRANSIENT_CODES or http_status >= 500 or wrapped_throttle:
        return TransientCallError(operation, code, message)
    return CallError(operation, code, message)
