"""docs/two-environments.md and sql/grants.sql: two users, two schemas, two blocks, one prefect.yaml."""

import asyncio
import logging
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from blocks.__main__ import main as store_blocks
from flows.sales_data_pipeline import sales_data_pipeline
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER

PAGE = (PROJECT_FOLDER / "docs" / "two-environments.md").read_text()
[DEPLOYMENT] = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
GRANTS = (PROJECT_FOLDER / "sql" / "grants.sql").read_text()
CLUSTER = {"ClusterIdentifier": "local-cluster"}


def tried(warehouse: Warehouse, user: str, sql: str) -> str:
    """Run a statement as that user, and return its error, or nothing."""
    where: dict[str, Any] = {**CLUSTER, "Database": warehouse.database, "DbUser": user}
    done = warehouse.data_api.execute_statement(**where, Sql=sql, WaitTimeSeconds=30)
    return str(warehouse.data_api.describe_statement(Id=done["Id"]).get("Error", ""))


@pytest.fixture
def user(warehouse: Warehouse) -> Iterator[str]:
    """A user of the cluster, which has to be gone before the database is."""
    name = f"sales_etl_{uuid.uuid4().hex[:8]}"
    yield name
    for schema in ("sales", "sales_test"):
        warehouse.run(f"drop schema if exists {schema} cascade")
    for each in (name, f"{name}_test"):
        warehouse.run(f"drop user if exists {each}")


@pytest.fixture
def two_blocks(warehouse: Warehouse, user: str, prefect_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page's first two steps leave behind."""
    level = logging.getLogger("prefect").level
    monkeypatch.delenv("REDSHIFT_WORKGROUP_NAME")
    monkeypatch.setenv("REDSHIFT_CLUSTER_IDENTIFIER", CLUSTER["ClusterIdentifier"])
    for schema, name, options in (
        ("sales", user, ()),
        ("sales_test", f"{user}_test", ("--name", "sales-warehouse-test")),
    ):
        grants = re.sub(r"\bsales\b", schema, GRANTS).replace("sales_etl", name)
        for statement in re.sub("^--.*", "", grants, flags=re.MULTILINE).split(";"):
            if statement.strip():
                warehouse.run(statement)
        monkeypatch.setenv("REDSHIFT_DB_USER", name)
        assert store_blocks(options) == 0
    logging.getLogger("prefect").setLevel(level)


@pytest.mark.usefixtures("two_blocks")
def test_two_deployments_load_two_schemas_each_as_a_user_that_can_do_nothing_else(
    warehouse: Warehouse, user: str
) -> None:
    project = yaml.safe_load((PROJECT_FOLDER / "prefect.yaml").read_text() + DEPLOYMENT)
    parameters = {each["name"]: each["parameters"] for each in project["deployments"]}
    warehouse.run("create table of_others (a integer)")
    for each in ({**parameters["daily"], "schema_name": "sales"}, parameters["daily-test"]):
        asyncio.run(sales_data_pipeline(run_date="2026-11-22", **each))

    for schema, name in (("sales", user), ("sales_test", f"{user}_test")):
        assert warehouse.count(f"{schema}.store_sales") == 14
        query = f"select distinct tableowner from pg_tables where schemaname = '{schema}'"
        assert warehouse.rows(query) == [(name,)]
    assert not warehouse.has_table("public.store_sales")
    for sql in (
        "select count(*) from of_others",
        "drop table of_others",
        "create table public.of_the_job (a integer)",
        "select count(*) from sales_test.store_sales",
        "create schema another",
        "create user another password disable",
        "create database another",
    ):
        assert re.search("permission denied|must be owner", tried(warehouse, user, sql)), sql
    assert tried(warehouse, user, "select count(*) from sales.store_sales") == ""
