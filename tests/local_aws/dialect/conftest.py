"""One embedded PostgreSQL for these tests, with a template database that holds the compatibility functions."""

import contextlib
import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from local_aws import dialect
from local_aws.engine import binaries, identity
from local_aws.engine.postmaster import SUPERUSER, Postmaster
from tests.local_aws.dialect.database import Database


@pytest.fixture(scope="session")
def cluster() -> Iterator[tuple[str, Path]]:
    """The connection string of a running server, less its dbname, and its data directory."""
    who = identity.current()
    root = Path(tempfile.mkdtemp(prefix="dialect-", dir="/tmp"))
    who.own(root)
    sockets = root / "s"
    who.own(sockets)
    programs = binaries.runnable_by(who, root)
    postmaster = Postmaster(programs, root / "data", sockets, who, root / "log", max_connections=100)
    postmaster.initialise()
    postmaster.start()
    try:
        while not postmaster.is_up():
            time.sleep(0.01)
        address = f"host={sockets} user={SUPERUSER}"
        with contextlib.closing(psycopg.connect(f"{address} dbname=postgres", autocommit=True)) as admin:
            admin.execute(b"CREATE DATABASE compat")
        with contextlib.closing(psycopg.connect(f"{address} dbname=compat", autocommit=True)) as connection:
            connection.execute(dialect.compat_sql().encode())
        yield address, root / "data"
    finally:
        postmaster.stop()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(cluster: tuple[str, Path]) -> Iterator[Callable[[], Database]]:
    """Makes fresh databases."""
    address, data = cluster
    numbers = itertools.count()
    with contextlib.ExitStack() as connections:

        def connect(name: str) -> psycopg.Connection[tuple[object, ...]]:
            opened = psycopg.connect(f"{address} dbname={name}", autocommit=True)
            return connections.enter_context(contextlib.closing(opened))

        admin = connect("postgres")

        def make() -> Database:
            name = f"test{next(numbers)}"
            admin.execute(f"CREATE DATABASE {name} TEMPLATE compat STRATEGY FILE_COPY".encode())
            return Database(connect(name), data)

        yield make


@pytest.fixture(scope="module")
def db(new_database: Callable[[], Database]) -> Database:
    """One fresh database for the tests of a module."""
    return new_database()
