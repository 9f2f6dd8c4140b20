"""As much of a Docker daemon as a build and a push ask for: it keeps what it was sent, and builds nothing."""

import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ID = "sha256:" + "0" * 64


class Daemon(ThreadingHTTPServer):
    """What was asked of it, as (path, query), and the last build's context."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.context = b""

    @property
    def address(self) -> str:
        """For DOCKER_HOST."""
        return f"tcp://127.0.0.1:{self.server_port}"

    def queries(self, path: str) -> list[dict[str, list[str]]]:
        """Return the queries with which a path was asked for."""
        return [query for asked, query in self.asked if asked == path]

    def unpack(self, folder: Path) -> None:
        """Unpack the context that the last build was sent."""
        with tarfile.open(fileobj=io.BytesIO(self.context)) as archive:
            archive.extractall(folder, filter="data")


class _Handler(BaseHTTPRequestHandler):
    server: Daemon
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._note()
        self._answer({"ApiVersion": "1.47", "Id": ID})

    def do_POST(self) -> None:
        path = self._note()
        body = self._body()
        if path == "/build":
            self.server.context = body
        self._answer({"aux": {"ID": ID}} if path == "/build" else {"status": "pushed"})

    def _note(self) -> str:
        url = urlsplit(self.path)
        path = "/" + url.path.removeprefix("/").partition("/")[2] if url.path[1] == "v" else url.path
        self.server.asked.append((path, parse_qs(url.query)))
        return path

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _answer(self, content: object) -> None:
        text = json.dumps(content).encode()
        self.send_response(201 if self.path.endswith("/tag") else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing."""


@contextmanager
def docker_daemon() -> Iterator[Daemon]:
    """Serve until the end of the block."""
    with Daemon() as daemon:
        thread = threading.Thread(target=daemon.serve_forever)
        thread.start()
        try:
            yield daemon
        finally:
            daemon.shutdown()
            thread.join()
