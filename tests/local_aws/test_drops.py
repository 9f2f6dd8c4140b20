"""Nothing that the stand-in itself has open keeps a database from being dropped."""

import asyncio
from typing import Any

import pytest

from local_aws.data_api.records.query_log import QueryLog
from local_aws.data_api.running.parts import dropped_database
from local_aws.engine.pool import Pool
from tests.statements import Statements


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("drop database sales", "sales"),
        ("/* gone */ DROP DATABASE Sales FORCE", "sales"),
        ('drop database "Sales Of 2026"', "Sales Of 2026"),
        ("drop user sales", None),
        ("create database sales", None),
    ],
)
def test_the_name_of_what_is_dropped(sql: str, name: str | None) -> None:
    assert dropped_database(sql) == name


class Held:
    """A connection whose reset, and whatever else is run on it, takes until `let_go`."""

    busy, usable = False, True

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.begun = asyncio.Event()
        self.is_closed = False

    def take_notices(self) -> list[Any]:
        return []

    async def reset(self) -> None:
        self.begun.set()
        await self.let_go.wait()

    async def run_as_owner(self, database: str, sql: str, *values: str) -> None:
        await self.reset()

    def close(self) -> None:
        self.is_closed = True


def test_a_connection_on_its_way_back_is_closed_before_a_drop_begins() -> None:
    async def drained() -> None:
        pool, connection = Pool("nowhere", lambda *_: False), Held()
        returning = asyncio.create_task(pool.release(connection, "sales", "tester"))  # type: ignore[arg-type]
        await connection.begun.wait()
        draining = asyncio.create_task(pool.drain())
        # Much longer than it takes to close what is idle, by turns of the loop.
        for _ in range(100):
            await asyncio.sleep(0.001)
        assert not draining.done()
        connection.let_go.set()
        await draining
        assert connection.is_closed
        await returning

    asyncio.run(drained())


def test_the_history_is_not_written_into_what_is_being_dropped() -> None:
    async def dropped() -> None:
        writer = Held()
        log = QueryLog(writer)  # type: ignore[arg-type]
        log._keep("sales", {"query": 1})
        writing = asyncio.create_task(log.flush("sales"))
        await writer.begun.wait()
        kept_out = log.kept_out("sales")
        entering = asyncio.create_task(kept_out.__aenter__())
        for _ in range(100):
            await asyncio.sleep(0)
        assert not entering.done()
        writer.let_go.set()
        await entering
        assert writing.done()
        # Nor does one begin.
        log._keep("sales", {"query": 2})
        writer.begun.clear()
        late = asyncio.create_task(log.flush("sales"))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not writer.begun.is_set()
        await kept_out.__aexit__(None, None, None)
        await late

    asyncio.run(dropped())


def test_a_database_is_dropped_however_much_of_it_is_written_down(statements: Statements) -> None:
    other = Statements(statements.api, f"{statements.where['Database']}_other")
    name = other.where["Database"]
    for _ in range(3):
        assert statements.run(f"create database {name}")["Status"] == "FINISHED"
        started = [other.start("select 1") for _ in range(20)]
        assert {other.end(one)["Status"] for one in started} == {"FINISHED"}
        dropped = statements.run(f"drop database {name}")
        assert dropped["Status"] == "FINISHED", dropped.get("Error")
