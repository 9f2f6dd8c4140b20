"""The command in this process, against the stand-in, in a database of the test's own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from local_aws import Served
from prefect_redshift.verify.command import main


@pytest.fixture
def target(aws: Served, database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment names a database of the test's own; returned is its name."""
    for name in [name for name in os.environ if name.startswith("REDSHIFT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REDSHIFT_WORKGROUP_NAME", "local-workgroup")
    monkeypatch.setenv("REDSHIFT_DATABASE", database)
    return database


@pytest.fixture
def verify(target: str, tmp_path: Path) -> Callable[..., int]:
    """Run the command, which writes `verified.json` into the test's folder, and return the exit code."""
    return lambda *arguments: main(["--yes", "--output", str(tmp_path / "verified.json"), *arguments])
