"""The block on the stand-in, and the stand-in's own account of what went over the wire and what the engine ran."""

from typing import Any

import pytest

from local_aws import Admin, Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi


@pytest.fixture
def anyio_backend() -> str:
    """asyncio is the only event loop that Prefect runs on."""
    return "asyncio"


@pytest.fixture
def warehouse(aws: Served, database: str) -> RedshiftDataApi:
    """The block on a database of the test's own; credentials come from the environment."""
    return RedshiftDataApi(workgroup_name="local-workgroup", database=database)


class History:
    """What the stand-in has seen of statements whose names start so."""

    def __init__(self, admin: Admin, data_api: Any) -> None:
        self._admin = admin
        self._data_api = data_api

    def executions(self, name_prefix: str) -> list[dict[str, Any]]:
        """What the engine ran."""
        return [run for run in self._admin.executions() if run["statement_name"].startswith(name_prefix)]

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """What went over the wire."""
        return self._admin.calls(operation=operation)

    def has_started(self, name_prefix: str) -> bool:
        """Whether the engine runs one of them now."""
        found = self._data_api.list_statements(StatementName=name_prefix, Status="STARTED")
        return bool(found["Statements"])


@pytest.fixture
def history(admin: Admin, data_api: Any) -> History:
    """What went over the wire and what the engine ran."""
    return History(admin, data_api)
