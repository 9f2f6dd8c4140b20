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

Rows = list[tuple[object, ...]]


class Database:
    """A database that is spoken to in Redshift's dialect."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self.connection = connection
        self.messages: list[str] = []
        connection.add_notice_handler(lambda notice: self.messages.append(notice.message_primary or ""))

    def run(self, sql: str) -> Rows:
        """Run a script, each statement by itself, and return the last result's rows."""
        rows: Rows = []
        for statement in dialect.split(sql):
            cursor = self.connection.execute(dialect.rewrite(statement).encode())
            rows = cursor.fetchall() if cursor.description else []
        return rows

    def value(self, expression: str) -> object:
        """What one expression is."""
        return self.run(f"select {expression}")[0][0]


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The connection string of a running server, less its dbname."""
    who = identity.current()
    root = Path(tempfile.mkdtemp(prefix="dialect-", dir="/tmp"))
    who.own(root)
    sockets = root / "s"
    who.own(sockets)
    postmaster = Postmaster(binaries.runnable_by(who, root), root / "data", sockets, who, max_connections=20)
    postmaster.initialise()
    postmaster.start()
    address = f"host={sockets} user={SUPERUSER}"
    try:
        with contextlib.closing(_connect_when_up(postmaster, address)) as admin:
            admin.execute(b"CREATE DATABASE compat")
        with psycopg.connect(f"{address} dbname=compat", autocommit=True) as connection:
            connection.execute(dialect.compat_sql().encode())
        yield address
    finally:
        postmaster.stop()
        shutil.rmtree(root, ignore_errors=True)


def _connect_when_up(postmaster: Postmaster, address: str) -> psycopg.Connection[tuple[object, ...]]:
    while True:
        try:
            return psycopg.connect(f"{address} dbname=postgres", autocommit=True)
        except psycopg.OperationalError:
            postmaster.check_alive()
            time.sleep(0.01)


@pytest.fixture(scope="session")
def new_database(cluster: str) -> Iterator[Callable[[], Database]]:
    """Makes fresh databases."""
    numbers = itertools.count()
    admin = psycopg.connect(f"{cluster} dbname=postgres", autocommit=True)
    connections = [admin]

    def make() -> Database:
        name = f"test{next(numbers)}"
        admin.execute(f"CREATE DATABASE {name} TEMPLATE compat".encode())
        connections.append(psycopg.connect(f"{cluster} dbname={name}", autocommit=True))
        return Database(connections[-1])

    yield make
    for connection in connections:
        connection.close()


@pytest.fixture(scope="module")
def db(new_database: Callable[[], Database]) -> Database:
    """One fresh database for the tests of a module."""
    return new_database()
