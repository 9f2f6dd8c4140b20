"""Calls that end: each has a deadline by the wall clock, and its answer a largest size.

A read timeout bounds the pause between two bytes only: an answer that drips a byte a second has no end. Here the
socket's timeout is set anew before each read, to what is left of the call's time, and what arrives is counted.
"""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPResponse
from socket import SHUT_RDWR, socket
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

# No answer of the Data API comes near it: results come in pages, and 40 statements of 100 KB are described at once.
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_current = threading.local()


@dataclass
class Allowance:
    """What a call may still take.

    Attributes:
        seconds: How long it may take in all.
        deadline: By the monotonic clock, in seconds.
        bytes_left: How much of an answer may still arrive.
    """

    seconds: float
    deadline: float = field(init=False)
    bytes_left: int = MAX_ANSWER_BYTES
    _socket: socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    def read_from(self, sock: socket | None) -> None:
        """Say from which socket the answer comes, None once it has come."""
        with self._lock:
            self._socket = sock

    def abort(self) -> None:
        """End the call at once, from another thread: nobody waits for it any more."""
        self.deadline = 0.0
        with self._lock, suppress(OSError):
            if self._socket is not None:
                # Not by the method of TLS sockets, which is not for another thread than the one that reads.
                socket.shutdown(self._socket, SHUT_RDWR)

    def seconds_left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: None is.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call's time is over")
        return left

    def spend(self, size: int) -> None:
        """Count bytes that have arrived.

        Raises:
            OSError: They are too many.
        """
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise OSError("the answer is too large")

    @property
    def has_begun(self) -> bool:
        """Whether some of the answer has arrived."""
        return self.bytes_left < MAX_ANSWER_BYTES

    @property
    def is_too_large(self) -> bool:
        """Whether more has arrived than was allowed."""
        return self.bytes_left < 0


@contextmanager
def bounded_by(allowed: Allowance) -> Iterator[None]:
    """Have the calls that this thread makes meanwhile keep to an allowance."""
    _current.allowance = allowed
    try:
        yield
    finally:
        _current.allowance = None
        allowed.read_from(None)


def bound_calls(client: Any) -> None:
    """Have a boto3 client's calls keep to the allowance of the thread that makes them."""
    session = client._endpoint.http_session  # botocore has no public name for it
    pools = {"http": _BoundedPool, "https": _BoundedTlsPool}
    session._pool_classes_by_scheme = session._manager.pool_classes_by_scheme = pools


class _BoundedReader(io.RawIOBase):
    """The bytes of a socket, as many and for as long as the thread's allowance says."""

    def __init__(self, raw: Any, sock: socket) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        allowed: Allowance | None = getattr(_current, "allowance", None)
        if allowed is None:
            return self._raw.readinto(buffer)  # type: ignore[no-any-return]
        allowed.read_from(self._sock)
        self._sock.settimeout(allowed.seconds_left())
        size: int | None = self._raw.readinto(buffer)
        allowed.spend(size or 0)
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_BoundedReader(self.fp.detach(), sock))


class _Bounded:
    """What both kinds of connections have in common; before botocore's class in a class's bases."""

    response_class = _BoundedResponse
    timeout: Any
    sock: socket | None

    def connect(self) -> None:
        self.timeout = _within(self.timeout)
        super().connect()  # type: ignore[misc]

    def send(self, data: Any) -> Any:
        if self.sock is not None:
            self.sock.settimeout(_within(self.timeout))
        return super().send(data)  # type: ignore[misc]


class _BoundedConnection(_Bounded, AWSHTTPConnection):  # type: ignore[misc] # botocore has no types
    pass


class _BoundedTlsConnection(_Bounded, AWSHTTPSConnection):  # type: ignore[misc] # botocore has no types
    pass


class _BoundedPool(AWSHTTPConnectionPool):  # type: ignore[misc] # botocore has no types
    ConnectionCls = _BoundedConnection


class _BoundedTlsPool(AWSHTTPSConnectionPool):  # type: ignore[misc] # botocore has no types
    ConnectionCls = _BoundedTlsConnection


def _within(timeout: float | None) -> float | None:
    """Return a timeout that ends no later than the thread's allowance."""
    allowed: Allowance | None = getattr(_current, "allowance", None)
    if allowed is None:
        return timeout
    return (
        min(allowed.seconds_left(), timeout) if isinstance(timeout, int | float) else allowed.seconds_left()
    )
