"""An endpoint that answers as none should: never, a byte at a time, without end, or in no form of the API."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3

from prefect_redshift.aws.aws_client import CALL_THREADS
from prefect_redshift.aws.boto3_clients import make_client
from prefect_redshift.data_api.api import DataApi, redshift_data_client
from prefect_redshift.data_api.listener import Listener

Answer = Callable[[BaseHTTPRequestHandler], None]
# What an endless answer sends at most, should nobody stop it.
GIBIBYTE = 2**30


def says(body: Any, content_type: str = "application/x-amz-json-1.1") -> Answer:
    """Answer with a body, which is JSON unless it is text."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def says_nothing(handler: BaseHTTPRequestHandler) -> None:
    """Leave the connection open until the client closes it."""
    while handler.connection.recv(1):
        pass


def drips_a_body(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte every 50 ms."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    _drip(handler)


def drips_a_header(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte every 50 ms, before the headers have ended."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(2000):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


@dataclass
class OddEndpoint:
    """What it was asked for, and what it has sent.

    Attributes:
        answers: What it does for each operation; for others it says nothing.
        asked: The operations in the order in which they came.
        sent: Bytes that an endless answer has sent.
        open_calls: The operations that it has not done with.
    """

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    open_calls: list[str] = field(default_factory=list)

    def is_endless(self, handler: BaseHTTPRequestHandler) -> None:
        """Send a gibibyte."""
        handler.send_response(200)
        handler.send_header("Content-Length", str(GIBIBYTE))
        handler.end_headers()
        block = b" " * 2**20
        while self.sent < GIBIBYTE:
            handler.wfile.write(block)
            self.sent += len(block)

    def data_api(self, listener: Listener, timeout: float = 60.0) -> DataApi:
        """Return a Data API at this endpoint."""
        session = boto3.Session("key", "secret", region_name="us-east-1")
        options = {"endpoint_url": self.url}
        client = redshift_data_client(
            max_waits=2, make=lambda: make_client("redshift-data", session, CALL_THREADS + 2, options)
        )
        return DataApi(
            client, {"WorkgroupName": "etl", "Database": "dev"}, timeout=timeout, listener=listener
        )


@contextmanager
def odd_endpoint(**answers: Answer) -> Iterator[OddEndpoint]:
    """Serve on a free port meanwhile."""
    endpoint = OddEndpoint(answers=dict(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            endpoint.asked.append(operation)
            endpoint.open_calls.append(operation)
            with suppress(OSError):
                endpoint.answers.get(operation, says_nothing)(self)
            endpoint.open_calls.remove(operation)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.socket.shutdown(socket.SHUT_RDWR)
        server.server_close()
        thread.join()
