"""Databases with the pipeline's procedures."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sql.warehouse import Warehouse


@pytest.fixture
def empty(data_api: Any, database: str) -> Warehouse:
    """A database of its own for one test: the procedures, and no table yet."""
    warehouse = Warehouse(data_api, database)
    warehouse.deploy()
    return warehouse


@pytest.fixture(scope="module")
def warehouse(data_api: Any) -> Iterator[Warehouse]:
    """A database with tables and sample data for a whole module; each test keeps to days and keys of its own."""
    warehouse = Warehouse(data_api, f"sql_{uuid.uuid4().hex[:12]}")
    default = Warehouse(data_api, "dev")
    default.run(f"create database {warehouse.database}")
    warehouse.deploy()
    warehouse.run("call sp_setup_sales_data_pipeline()")
    yield warehouse
    default.run(f"drop database {warehouse.database}")


@pytest.fixture(scope="module")
def loaded(warehouse: Warehouse) -> Warehouse:
    """The module's database with both dimensions loaded."""
    warehouse.run("call sp_load_dim_item()")
    warehouse.run("call sp_load_dim_customer_address()")
    return warehouse
