"""A Prefect server for the session, and a warehouse of its own for each test."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from flows.local import local_services
from local_aws import Served
from tests.flows.warehouse import Warehouse


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[str]:
    """The URL of a real Prefect server, whose home is a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="prefect-home-") as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", home)
        patch.delenv("PREFECT_API_URL", raising=False)
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        patch.setenv("DO_NOT_TRACK", "1")
        with temporary_settings({PREFECT_HOME: Path(home)}), local_services(Path(home), stand_in=False):
            url = str(PREFECT_API_URL.value())
            patch.setenv("PREFECT_API_URL", url)
            yield url


@pytest.fixture
def warehouse(
    aws: Served, database: str, prefect_server: str, monkeypatch: pytest.MonkeyPatch, data_api: object
) -> Warehouse:
    """An empty database, named by the environment as a user would name it."""
    for name in [name for name in os.environ if name.startswith("REDSHIFT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REDSHIFT_WORKGROUP_NAME", "local-workgroup")
    monkeypatch.setenv("REDSHIFT_DATABASE", database)
    return Warehouse(data_api, database)
