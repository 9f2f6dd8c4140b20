"""A server without deployments."""

from collections.abc import Iterator

import pytest

from tests.deploy.deploying import forget_deployments


@pytest.fixture
def nothing_deployed(prefect_server: str) -> Iterator[None]:
    """Leave nothing deployed afterwards."""
    yield
    forget_deployments()
