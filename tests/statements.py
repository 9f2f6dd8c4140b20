"""Statements on the stand-in through plain boto3, for tests."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

CLUSTER = {"ClusterIdentifier": "local-cluster", "DbUser": "tester"}


class Statements:
    """Runs statements in one test's database through real boto3."""

    def __init__(self, data_api: Any, database: str) -> None:
        self.api = data_api
        self.where = {**CLUSTER, "Database": database}

    def start(self, sql: str, **more: Any) -> str:
        """Submit one statement and return its id."""
        statement_id: str = self.api.execute_statement(**self.where, Sql=sql, **more)["Id"]
        return statement_id

    def run(self, sql: str, **more: Any) -> dict[str, Any]:
        """Run one statement to its end and return its description."""
        return self.ended(self.start(sql, **more))

    def batch(self, *sqls: str, **more: Any) -> dict[str, Any]:
        """Run a batch to its end and return its description."""
        return self.ended(self.api.batch_execute_statement(**self.where, Sqls=list(sqls), **more)["Id"])

    def ended(self, statement_id: str) -> dict[str, Any]:
        """Wait for a statement's end, however long it takes, and return its description."""
        while (described := self.end(statement_id))["Status"] in ("SUBMITTED", "PICKED", "STARTED"):
            pass
        return described

    def end(self, statement_id: str) -> dict[str, Any]:
        """Wait for a statement's end, in one call, and return its description."""
        described: dict[str, Any] = self.api.describe_statement(Id=statement_id, WaitTimeSeconds=30)
        return described

    def rows(self, sql: str, **more: Any) -> list[list[Any]]:
        """Run a query and return its values."""
        done = self.run(sql, **more)
        assert done["Status"] == "FINISHED", done.get("Error")
        return [[value(field) for field in row] for row in self.pages(done["Id"], "Records")]

    def pages(self, statement_id: str, member: str) -> list[Any]:
        """Return a member of every page of a result, joined."""
        found: list[Any] = []
        for page in self.api.get_paginator("get_statement_result").paginate(Id=statement_id):
            found += page[member]
        return found


def value(field: dict[str, Any]) -> Any:
    """Return what is in a Field."""
    return None if "isNull" in field else next(iter(field.values()))


def finish(data_api: Any, sql: str) -> None:
    """Run a statement in the default database; fail the test unless it finishes."""
    done = Statements(data_api, "dev").run(sql)
    assert done["Status"] == "FINISHED", done.get("Error")


def eventually(holds: Callable[[], Any], seconds: float = 60.0, pause: float = 0.05) -> Any:
    """Wait until something holds, and return it; the bound is only against hanging.

    Each look takes processor time from what is waited for.
    """
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(pause)
    return found


async def in_time(holds: Callable[[], Any]) -> Any:
    """Wait until something holds, as `eventually` does, while the event loop goes on."""
    return await asyncio.to_thread(eventually, holds, pause=0.02)
