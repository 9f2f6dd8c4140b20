"""What is logged of executions."""

import logging
from collections.abc import Callable

import pytest


@pytest.fixture
def messages(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What was logged so far at INFO and above."""
    caplog.set_level(logging.INFO, logger="prefect")
    return lambda: [r.getMessage() for r in caplog.records if r.name.startswith("prefect.StateMachine")]
