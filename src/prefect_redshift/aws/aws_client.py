"""A boto3 client that is called from an event loop: each call on a thread of its own."""

import asyncio
import threading
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeAlias, TypeVar

from botocore import xform_name

from prefect_redshift.aws.call_errors import CALL_EXCEPTIONS, classified
from prefect_redshift.aws.retries import RETRY_SECONDS, retried
from prefect_redshift.exceptions import CredentialsRefusedError

T = TypeVar("T")
MakeClient: TypeAlias = Callable[[], Any]

CALL_THREADS = 32
_MAKING_A_CLIENT = threading.Lock()


class AwsClient:
    """The client of one AWS service, made at its first use, in the process that uses it.

    Long polls have one pool of threads, all else has another, so that a short call never queues behind polls that the
    service answers after 30 seconds. Sent to another process, it makes a client of its own there.

    Args:
        make: Makes the boto3 client, whose connection pool should hold `max_waits` + 32 connections; see
            `boto3_clients.make_client`.
        max_waits: How many long polls may be under way at once.
    """

    def __init__(self, make: MakeClient, max_waits: int = 1) -> None:
        self._make = make
        self._max_waits = max_waits
        self._boto3_client: Any = None
        self._wait_slots = threading.BoundedSemaphore(max_waits)
        self._waits = ThreadPoolExecutor(max_waits, thread_name_prefix="aws-wait")
        self._calls = ThreadPoolExecutor(CALL_THREADS, thread_name_prefix="aws-call")

    def __reduce__(self) -> tuple[type["AwsClient"], tuple[MakeClient, int]]:
        return (type(self), (self._make, self._max_waits))

    async def opened(self) -> Any:
        """Return the boto3 client.

        Raises:
            CallError: There are no credentials, or no region.
        """
        if self._boto3_client is None:
            # Making a client reads the service's model from disk, and may ask for credentials over the network.
            return await asyncio.to_thread(self._opened)
        return self._boto3_client

    def _opened(self) -> Any:
        if self._boto3_client is not None:
            return self._boto3_client
        with _MAKING_A_CLIENT:
            if self._boto3_client is None:
                client = self._make()
                # A signal's exception that breaks into the start of a thread leaves one that its pool does not know of;
                # at the end of the process it goes with those that the pool knows. There always is such a one: this is
                # a thread, where no signal's exception is raised.
                for pool in (self._waits, self._calls):
                    pool.submit(threading.get_ident)
                # Nobody closes a Prefect block: the connections go with the last that uses them.
                weakref.finalize(self, client.close)
                self._boto3_client = client
            return self._boto3_client

    def accepts(self, operation: str, member: str) -> bool:
        """Return whether this botocore's model of `operation` has the input `member`; the client must be open."""
        shape = self._boto3_client.meta.service_model.operation_model(operation).input_shape
        return shape is not None and member in shape.members

    def request_once(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Make one call, blocking.

        Raises:
            CallError: What the service or botocore refused, classified.
        """
        method = getattr(self._opened(), xform_name(operation))
        try:
            response: dict[str, Any] = method(**parameters)
        except CALL_EXCEPTIONS as error:
            refused = classified(operation, error)
            # What botocore says of credentials may quote them, and a traceback shows its words, too.
            raise refused from (None if isinstance(refused, CredentialsRefusedError) else error)
        return response

    def start(self, operation: str, parameters: Mapping[str, Any]) -> "Future[dict[str, Any]]":
        """Start one call on a thread, without a retry; as a short poll where all long polls are taken."""
        if "WaitTimeSeconds" not in parameters:
            return self._calls.submit(self.request_once, operation, parameters)
        if not self._wait_slots.acquire(blocking=False):
            short = {name: value for name, value in parameters.items() if name != "WaitTimeSeconds"}
            return self._calls.submit(self.request_once, operation, short)
        call = self._waits.submit(self.request_once, operation, parameters)
        call.add_done_callback(lambda _: self._wait_slots.release())
        return call

    def in_background(self, work: Callable[[], T]) -> "Future[T]":
        """Start blocking `work`, which makes calls of its own, on a thread, in the caller's context."""
        return self._calls.submit(copy_context().run, work)

    async def once(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Make one call without a retry, on a thread."""
        await self.opened()
        return await asyncio.wrap_future(self.start(operation, parameters))

    async def request(
        self, operation: str, parameters: Mapping[str, Any], retry_seconds: float = RETRY_SECONDS
    ) -> dict[str, Any]:
        """Make one call, again after a transient failure until `retry_seconds` have passed."""
        return await retried(lambda: self.once(operation, parameters), retry_seconds)
