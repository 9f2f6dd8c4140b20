"""Which API of Prefect a laptop run uses."""

import os
import socketserver
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local import prefect_api
from prefect_redshift.local.brought_up import alone_in, api_brought_up
from prefect_redshift.local.prefect_api import server_ready, serves_home

URL = "http://127.0.0.1:4200/api"
PROFILES = f"""active = "etl"
[profiles.etl]
PREFECT_API_URL = "{URL}"
[profiles.none]
PREFECT_LOGGING_LEVEL = "INFO"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, which is Prefect's home as well; no variable of Prefect's is set."""
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "configured"),
    [
        ("profiles.toml", PROFILES, True),
        ("profiles.toml", PROFILES.replace('active = "etl"', 'active = "none"'), False),
        ("profiles.toml", "no toml", False),
        ("profiles.toml", 'profiles = "none"', False),
        (".env", f"PREFECT_API_URL={URL}", True),
        (".env", "PREFECT_LOGGING_LEVEL=INFO", False),
        ("prefect.toml", f'[api]\nurl = "{URL}"', True),
        ("prefect.toml", '[logging]\nlevel = "INFO"', False),
        ("pyproject.toml", f'[tool.prefect.api]\nurl = "{URL}"', True),
        ("pyproject.toml", f'[project.urls]\nurl = "{URL}"', False),
    ],
)
def test_a_configured_api_is_seen_without_prefect(
    folder: Path, name: str, content: str, configured: bool
) -> None:
    (folder / name).write_text(content)
    assert prefect_api._may_be_configured() is configured


def test_a_variable_names_an_api_or_another_profile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "profiles.toml").write_text(PROFILES)
    monkeypatch.setenv("PREFECT_PROFILE", "none")
    assert not prefect_api._may_be_configured()
    monkeypatch.setenv("PREFECT_API_URL", URL)
    assert prefect_api._may_be_configured()


def test_what_is_up_tells_where_it_is_until_it_ends(tmp_path: Path) -> None:
    assert api_brought_up(tmp_path) is None
    with alone_in(tmp_path) as tell:
        assert api_brought_up(tmp_path) is None, "its server is not ready yet"
        tell(URL)
        assert api_brought_up(tmp_path) == URL
        with pytest.raises(PipelineError, match="It is up already"), alone_in(tmp_path):
            pass
        assert api_brought_up(tmp_path) == URL
    assert api_brought_up(tmp_path) is None


def test_a_server_is_told_from_another_by_its_home(prefect_server: str, tmp_path: Path) -> None:
    home = os.environ["PREFECT_HOME"]
    assert serves_home(prefect_server, home)
    assert not serves_home(prefect_server, str(tmp_path))


@pytest.mark.parametrize("said", [b"<!doctype html>", b"[]", b'{"home": null}', None])
def test_what_is_no_prefect_server_is_told_from_one(said: bytes | None, tmp_path: Path) -> None:
    class Another(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if said else 404)
            self.end_headers()
            self.wfile.write(said or b"")

    with HTTPServer(("127.0.0.1", 0), Another) as server:
        asked = threading.Thread(target=server.handle_request)
        asked.start()
        assert not serves_home(f"http://127.0.0.1:{server.server_port}", str(tmp_path))
        asked.join()


def test_what_speaks_another_protocol_is_no_prefect_server(tmp_path: Path) -> None:
    class Greeting(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        assert not serves_home(url, str(tmp_path))
        ending = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5)"])
        with ending, pytest.raises(PipelineError, match="The Prefect server does not start; see"):
            server_ready((ending, url), tmp_path)
        server.shutdown()
