"""A warehouse of its own for each test."""

import os

import pytest

from local_aws import Served
from tests.flows.warehouse import Warehouse


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
