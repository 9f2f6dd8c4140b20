"""A warehouse for a job's flows, named by the environment; what it holds is read through a plain boto3 client."""

import os
import time
from contextlib import AbstractContextManager
from typing import Any

import pytest

from local_aws import Served
from tests.locks import locked

TABLES = ("customer", "customer_address", "date_dim", "item", "store_sales")


class Warehouse:
    """A database of the stand-in."""

    def __init__(self, data_api: Any, database: str) -> None:
        self.data_api = data_api
        self.database = database
        self.target = {"WorkgroupName": "local-workgroup", "Database": database}

    def run(self, sql: str) -> dict[str, Any]:
        """Run a statement to its end; fail the test unless it finishes."""
        started = self.data_api.execute_statement(**self.target, Sql=sql, WaitTimeSeconds=30)
        ended: dict[str, Any] = self.data_api.describe_statement(Id=started["Id"], WaitTimeSeconds=30)
        assert ended["Status"] == "FINISHED", ended.get("Error")
        return ended

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, values as the Data API sends them."""
        statement = self.run(sql)
        pages = self.data_api.get_paginator("get_statement_result").paginate(Id=statement["Id"])
        return [
            tuple(None if field.get("isNull") else next(iter(field.values())) for field in record)
            for page in pages
            for record in page["Records"]
        ]

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of the five tables, sorted; of date_dim, which nothing loads after setup, its sums."""
        tables = {
            table: sorted(self.rows(f"select * from {table}"), key=str)
            for table in TABLES
            if table != "date_dim"
        }
        sums = "count(*), count(distinct d_date), sum(d_date_sk), sum(d_dow), sum(d_dom), sum(d_moy), sum(d_year)"
        return {**tables, "date_dim": self.rows(f"select {sums} from date_dim")}

    def count(self, table: str) -> int:
        """How many rows a table holds."""
        return int(self.rows(f"select count(*) from {table}")[0][0])

    def has_table(self, table: str) -> bool:
        """Whether there is such a table."""
        return bool(self.rows(f"select 1 from svv_tables where table_name = '{table}'"))

    def statements(self, name_prefix: str = "sales-") -> list[dict[str, Any]]:
        """Statements of this database, by name, oldest first."""
        pages = self.data_api.get_paginator("list_statements").paginate(
            StatementName=name_prefix, Status="ALL", WorkgroupName="local-workgroup", Database=self.database
        )
        found = [statement for page in pages for statement in page["Statements"]]
        return sorted(found, key=lambda statement: statement["CreatedAt"])

    def running(self) -> list[dict[str, Any]]:
        """Statements of the flows that have not ended."""
        ended = {"FINISHED", "FAILED", "ABORTED"}
        return [statement for statement in self.statements() if statement["Status"] not in ended]

    def locked(self, table: str) -> AbstractContextManager[None]:
        """Hold back whatever needs a table."""
        return locked(self.data_api, self.target, table)

    def wait_for_running(self, step: str, seconds: float = 90) -> None:
        """Wait until a statement of that step has started."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if any(f"/{step}/" in s["StatementName"] and s["Status"] == "STARTED" for s in self.running()):
                return
            time.sleep(0.05)
        ended = [(s["StatementName"], s["Status"]) for s in self.statements()]
        raise AssertionError(f"{step} did not start: {ended}")


@pytest.fixture
def warehouse(
    aws: Served, database: str, prefect_server: str, monkeypatch: pytest.MonkeyPatch, data_api: object
) -> Warehouse:
    """An empty database, named by the environment as a user would name it."""
    for name in [name for name in os.environ if name.startswith("REDSHIFT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REDSHIFT_WORKGROUP_NAME", "local-workgroup")
    monkeypatch.setenv("REDSHIFT_DATABASE", database)
    return Warehouse(data_api, database)
