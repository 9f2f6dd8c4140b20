"""The project's state machine on the stand-in, and what a test orders of the stand-in."""

from collections.abc import Iterator

import pytest

from local_aws import Served
from tests.infra.machine import Machine


@pytest.fixture
def machine(aws: Served, database: str) -> Iterator[Machine]:
    """The project's state machine, in this test's database, without waits."""
    made = Machine(database)
    yield made
    made.close()
