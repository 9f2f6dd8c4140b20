"""The block on the stand-in, and the stand-in's own account of what went over the wire and what the engine ran."""

from typing import Any

import pytest

from local_aws import Admin, Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from tests.history import History


@pytest.fixture
def anyio_backend() -> str:
    """asyncio is the only event loop that Prefect runs on."""
    return "asyncio"


@pytest.fixture
def warehouse(aws: Served, database: str) -> RedshiftDataApi:
    """The block on a database of the test's own; credentials come from the environment."""
    return RedshiftDataApi(workgroup_name="local-workgroup", database=database)


@pytest.fixture
def history(admin: Admin, data_api: Any) -> History:
    """What went over the wire and what the engine ran."""
    return History(admin, data_api)
