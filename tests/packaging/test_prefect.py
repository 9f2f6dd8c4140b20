"""Prefect in an environment elsewhere that has the package: block types without a command, and a flow of one's own."""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from local_aws import Served
from tests.environments import Environment
from tests.prefect_database import copy_without_blocks

FLOW = """
import asyncio
from prefect import flow
from prefect_redshift import RedshiftDataApi

@flow
async def greet(name: str) -> str:
    warehouse = RedshiftDataApi.from_environment()
    statement = await warehouse.run("select 'hello ' || :name as greeting", {"name": name})
    return [row.greeting async for row in warehouse.rows(statement)][0]

print(asyncio.run(greet("warehouse")))
"""
BLOCK_TYPES = {"redshift-data-api": "RedshiftDataApi", "redshift-etl-state-machine": "StateMachine"}


def test_a_flow_elsewhere_runs_a_statement(
    installed: Environment, aws: Served, database: str, prefect_server: str, tmp_path: Path
) -> None:
    (tmp_path / "greet.py").write_text(FLOW)
    target = {"REDSHIFT_WORKGROUP_NAME": "local-workgroup", "REDSHIFT_DATABASE": database}
    output = installed.run("greet.py", folder=tmp_path, variables=target)
    assert "hello warehouse" in output.splitlines()


def test_the_block_types_are_registered_by_prefects_own_command_in_any_folder(
    installed: Environment, prefect_server: str, tmp_path: Path
) -> None:
    output = installed.run("-m", "prefect", "block", "register", "-m", "prefect_redshift", folder=tmp_path)
    assert "Successfully registered 2 blocks" in output


def test_a_client_knows_the_block_types_without_importing_them(
    installed: Environment, tmp_path: Path
) -> None:
    code = (
        "import sys; from prefect.blocks.core import Block\n"
        "print(*[Block.get_block_class_from_key(key).__name__ for key in sys.argv[1:]])"
    )
    output = installed.run("-c", code, *BLOCK_TYPES, folder=tmp_path)
    assert output.split() == list(BLOCK_TYPES.values())


@pytest.fixture
def fresh_server(installed: Environment, prefect_server: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a server that was started in the environment, in a home that no block type was stored in."""
    copy_without_blocks(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {
        **installed.variables,
        "PREFECT_HOME": str(tmp_path),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    variables.pop("PREFECT_API_URL", None)
    command = [str(installed.python), "-m", "prefect", "server", "start", "--port", str(port)]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=variables, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/api"
    try:
        deadline = time.monotonic() + 180
        while not answers(f"{url}/health"):
            assert process.poll() is None, (tmp_path / "server.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    """Tell whether a server answers."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (URLError, OSError):
        return False


def test_a_fresh_server_knows_the_block_types_without_a_command(fresh_server: str) -> None:
    for slug in BLOCK_TYPES:
        with urllib.request.urlopen(f"{fresh_server}/block_types/slug/{slug}", timeout=30) as answer:
            assert json.load(answer)["slug"] == slug
