"""A boto3 client that is called from an event loop: each call on a thread of its own."""

import asyncio
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from prefect_redshift.aws.bounded_http import Allowance, bounded_by
from prefect_redshift.aws.call_errors import OUTDATED_CODES, THROTTLE_CODES
from prefect_redshift.aws.credentials import have_same_credentials
from prefect_redshift.aws.pacing.pacer import Pacer
from prefect_redshift.aws.retries import RETRY_SECONDS, backoff, retried
from prefect_redshift.aws.single_call import call_once, was_cut_short
from prefect_redshift.exceptions import CredentialsRefusedError, TransientCallError

T = TypeVar("T")
MakeClient: TypeAlias = Callable[[], Any]
PacerOf: TypeAlias = Callable[[Any], Pacer]

CALL_THREADS = 32
# How long a call may take, beside the seconds that a long poll asks the service to wait.
CALL_SECONDS = 30.0
# Reading botocore's files on several threads at once is slower than one after the other.
_MAKING_A_CLIENT = threading.Lock()


class AwsClient:
    """The client of one AWS service, made at its first use, in the process that uses it.

    Long polls have one pool of threads, all else has another, so that a short call never queues behind polls that the
    service answers after 30 seconds; clean-ups have a third, so that they never queue behind calls that hang. Sent to
    another process, it makes a client of its own there. Credentials that the service calls outdated are looked up anew.

    Args:
        make: Makes the boto3 client, whose connection pool should hold `max_waits` + 32 connections; see
            `boto3_clients.make_client`.
        max_waits: How many long polls may be under way at once.
        pacer_of: Says by whom a boto3 client's calls are paced; without it they are made at once.
    """

    def __init__(self, make: MakeClient, max_waits: int = 1, pacer_of: PacerOf | None = None) -> None:
        self._make = make
        self._pacer_of = pacer_of
        self._pacer = Pacer({})
        self._max_waits = max_waits
        self._boto3_client: Any = None
        self._renewing = threading.Lock()
        self._allowances: WeakKeyDictionary[Future[dict[str, Any]], Allowance] = WeakKeyDictionary()
        self._wait_slots = threading.BoundedSemaphore(max_waits)
        self._waits = ThreadPoolExecutor(max_waits, thread_name_prefix="aws-wait")
        self._calls = ThreadPoolExecutor(CALL_THREADS, thread_name_prefix="aws-call")
        self._clean_ups = ThreadPoolExecutor(max_waits + CALL_THREADS, thread_name_prefix="aws-clean-up")

    def __reduce__(self) -> tuple[type["AwsClient"], tuple[MakeClient, int, PacerOf | None]]:
        return (type(self), (self._make, self._max_waits, self._pacer_of))

    async def opened(self) -> Any:
        """Return the boto3 client.

        Raises:
            CallError: There are no credentials, or no region.
        """
        if self._boto3_client is None:
            # Making a client reads the service's model from disk, and may ask for credentials over the network.
            return await asyncio.to_thread(self._opened)
        return self._boto3_client

    def open_ahead(self) -> None:
        """Begin to make the boto3 client, which the first call would wait for; what goes wrong is told by that call."""
        if self._boto3_client is None:
            making = asyncio.get_running_loop().run_in_executor(None, self._opened)
            making.add_done_callback(lambda made: made.cancelled() or made.exception())

    def _opened(self) -> Any:
        if self._boto3_client is not None:
            return self._boto3_client
        with _MAKING_A_CLIENT:
            if self._boto3_client is None:
                client = self._made()
                # A signal's exception that breaks into the start of a thread leaves one that its pool does not know of;
                # at the end of the process it goes with those that the pool knows. There always is such a one: this is
                # a thread, where no signal's exception is raised.
                for pool in (self._waits, self._calls, self._clean_ups):
                    pool.submit(threading.get_ident)
                if self._pacer_of:
                    self._pacer = self._pacer_of(client)
                self._boto3_client = client
            return self._boto3_client

    def _made(self) -> Any:
        client = self._make()
        # Nobody closes a Prefect block: the connections go with the last that uses them.
        weakref.finalize(self, client.close)
        return client

    def _renewed(self, outdated: Any) -> bool:
        """Return whether there is a client with other credentials than the outdated one."""
        with self._renewing:
            if self._boto3_client is outdated:
                renewed = self._made()
                if have_same_credentials(outdated, renewed):
                    return False
                self._boto3_client = renewed
            return True

    def accepts(self, operation: str, member: str) -> bool:
        """Return whether this botocore's model of `operation` has the input `member`; the client must be open."""
        shape = self._boto3_client.meta.service_model.operation_model(operation).input_shape
        return shape is not None and member in shape.members

    def request_once(
        self, operation: str, parameters: Mapping[str, Any], seconds: float | None = None
    ) -> dict[str, Any]:
        """Make one call, blocking, for `seconds` at most; by default as long as such a call takes.

        Raises:
            CallError: What the service or botocore refused, classified.
        """
        allowed = Allowance(_seconds(parameters, seconds))
        with bounded_by(allowed):
            self._opened()
        self._pacer.count(operation)
        return self._call(operation, parameters, allowed)

    async def turn(self, operation: str, *, in_front: bool = False) -> None:
        """Wait until a call may be started, of the opened client; see `Pacer`."""
        await self._pacer.turn(operation, in_front=in_front)

    def _call(self, operation: str, parameters: Mapping[str, Any], allowed: Allowance) -> dict[str, Any]:
        is_throttled = False
        try:
            return self._call_anew(operation, parameters, allowed)
        except TransientCallError as error:
            is_throttled = error.code in THROTTLE_CODES
            raise
        finally:
            self._pacer.answered(operation, refused=is_throttled)

    def _call_anew(self, operation: str, parameters: Mapping[str, Any], allowed: Allowance) -> dict[str, Any]:
        """Make one call, once more where the credentials were outdated."""
        with bounded_by(allowed):
            client = self._opened()
            try:
                return call_once(client, operation, parameters, allowed)
            except CredentialsRefusedError as error:
                if error.code not in OUTDATED_CODES or not self._renewed(client):
                    raise
            return call_once(self._opened(), operation, parameters, allowed)

    def request_until(self, operation: str, parameters: Mapping[str, Any], deadline: float) -> dict[str, Any]:
        """Make one call, blocking, again after a transient failure until `deadline` by the monotonic clock.

        Raises:
            CallError: What the service or botocore refused, classified.
        """
        attempt = 0
        told: TransientCallError | None = None
        while True:
            seconds = max(0.05, deadline - time.monotonic())
            try:
                return self.request_once(operation, parameters, seconds)
            except TransientCallError as error:
                told = told if told and was_cut_short(error, seconds) else error
                delay = backoff(attempt)
                if time.monotonic() + delay > deadline:
                    raise told  # noqa: B904 - the last failure, or one that tells more
            time.sleep(delay)
            attempt += 1

    def start(
        self, operation: str, parameters: Mapping[str, Any], seconds: float | None = None
    ) -> "Future[dict[str, Any]]":
        """Start one call on a thread, without a retry; as a short poll where all long polls are taken.

        It does not wait for its turn: see `turn`.
        """
        allowed = Allowance(_seconds(parameters, seconds))
        if "WaitTimeSeconds" not in parameters:
            call = self._calls.submit(self._call, operation, parameters, allowed)
        elif not self._wait_slots.acquire(blocking=False):
            short = {name: value for name, value in parameters.items() if name != "WaitTimeSeconds"}
            call = self._calls.submit(self._call, operation, short, allowed)
        else:
            call = self._waits.submit(self._call, operation, parameters, allowed)
            call.add_done_callback(lambda _: self._wait_slots.release())
        self._allowances[call] = allowed
        return call

    def abort(self, call: "Future[dict[str, Any]]") -> None:
        """End a call that was started and that nobody waits for any more, so that its thread keeps no process alive."""
        if not call.cancel() and (allowed := self._allowances.get(call)) is not None:
            allowed.abort()

    def clean_up(self, work: Callable[[], T]) -> "Future[T]":
        """Start blocking `work`, which makes calls of its own, on a thread that no other call keeps it from."""
        return self._clean_ups.submit(work)

    async def once(
        self, operation: str, parameters: Mapping[str, Any], seconds: float | None = None
    ) -> dict[str, Any]:
        """Make one call without a retry, in its turn, on a thread, for `seconds` at most."""
        await self.opened()
        await self.turn(operation)
        call = self.start(operation, parameters, seconds)
        try:
            return await asyncio.wrap_future(call)
        except asyncio.CancelledError:
            self.abort(call)
            raise

    async def request(
        self, operation: str, parameters: Mapping[str, Any], retry_seconds: float = RETRY_SECONDS
    ) -> dict[str, Any]:
        """Make one call, again after a transient failure until `retry_seconds` have passed."""
        return await retried(lambda: self.once(operation, parameters), retry_seconds)


def _seconds(parameters: Mapping[str, Any], seconds: float | None) -> float:
    """Return how long a call may take: what is said, or what such a call takes."""
    return CALL_SECONDS + float(parameters.get("WaitTimeSeconds", 0)) if seconds is None else seconds
