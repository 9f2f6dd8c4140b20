"""The database of a Prefect server: its migrations take longer than the rest of its start, so they are run once."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from prefect.settings import PREFECT_HOME


@contextmanager
def migrated(home: Path, factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give a server's new home the database of the first server of this test run, which is started in here.

    The first one migrates, while those of the other test processes wait for it.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, own = shared / "prefect.db", home / "prefect.db"
    with (shared / "prefect.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if first := not made.exists():
            yield
            _copy(own, made)
        else:
            _copy(made, own)
    if not first:
        yield


def copy_without_blocks(home: Path) -> None:
    """Give a new home the database of these tests' server, in which no type of block is stored."""
    _copy(PREFECT_HOME.value() / "prefect.db", own := home / "prefect.db")
    with closing(sqlite3.connect(own)) as database, database:
        for table in (
            "block_schema_reference",
            "block_document_reference",
            "block_document",
            "block_schema",
            "block_type",
        ):
            database.execute(f"delete from {table}")


def _copy(source: Path, target: Path) -> None:
    """Copy a database that a server may be using."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
