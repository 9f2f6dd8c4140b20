"""The block on the stand-in, and the stand-in's own account of what went over the wire and what the engine ran."""

from collections.abc import Iterator

import pytest

from blocks import RedshiftDataApi
from local_aws import Admin, Served


@pytest.fixture
def anyio_backend() -> str:
    """asyncio is the only event loop that Prefect runs on."""
    return "asyncio"


@pytest.fixture
def admin(stand_in: Served) -> Iterator[Admin]:
    """The stand-in's admin API: no faults before and after, an empty history."""
    client = Admin(stand_in.url)
    client.clear_faults()
    client.clear_history()
    yield client
    client.clear_faults()


@pytest.fixture
def warehouse(aws: Served, database: str) -> RedshiftDataApi:
    """The block on a database of the test's own; credentials come from the environment."""
    return RedshiftDataApi(workgroup_name="local-workgroup", database=database)
