"""The catalogue is listed whole, whatever the size of its pages."""

import pytest

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.catalog import Table
from prefect_redshift.exceptions import CallError
from tests.history import History


@pytest.fixture
async def shop(warehouse: RedshiftDataApi) -> RedshiftDataApi:
    """A schema with five tables and a view."""
    sql = ["create schema shop", "create view shop.v as select 1 as n"]
    sql += [f"create table shop.t{n} (a integer not null, b numeric(12,2) default 7)" for n in range(5)]
    await warehouse.run(sql)
    return warehouse


async def test_databases(shop: RedshiftDataApi, history: History) -> None:
    names = [name async for name in shop.list_databases(page_size=1)]
    assert {"dev", shop.database} <= set(names)
    assert len(history.calls("ListDatabases")) == len(names) == len(set(names))


async def test_schemas(shop: RedshiftDataApi) -> None:
    assert [name async for name in shop.list_schemas("sh%")] == ["shop"]
    assert {"shop", "public"} <= {name async for name in shop.list_schemas(page_size=1)}


async def test_tables(shop: RedshiftDataApi, history: History) -> None:
    found = [table async for table in shop.list_tables(schema_pattern="shop", page_size=2)]
    tables = [Table(name=f"t{n}", schema_name="shop", type="TABLE") for n in range(5)]
    assert found == [*tables, Table(name="v", schema_name="shop", type="VIEW")]
    assert len(history.calls("ListTables")) == 3
    assert [table.name async for table in shop.list_tables("t_", schema_pattern="shop")] == [
        f"t{n}" for n in range(5)
    ]


async def test_columns_of_a_table(shop: RedshiftDataApi, history: History) -> None:
    described = await shop.describe_table("t1", schema="shop", page_size=1)
    a, b = described.columns
    assert (described.name, a.name, a.type_name, a.is_nullable) == ("t1", "a", "int4", False)
    assert (b.name, b.type_name, b.precision, b.scale, b.is_nullable) == ("b", "numeric", 12, 2, True)
    assert (b.default, b.schema_name, b.table_name) == ("7", "shop", "t1")
    assert len(history.calls("DescribeTable")) == 2
    assert (await shop.describe_table("nowhere")).columns == ()


async def test_another_database_is_looked_into_from_this_one(shop: RedshiftDataApi) -> None:
    elsewhere = RedshiftDataApi(workgroup_name="local-workgroup", database="dev")
    assert [name async for name in elsewhere.list_schemas("shop", database=shop.database)] == ["shop"]
    assert [name async for name in elsewhere.list_schemas("shop")] == []
    with pytest.raises(CallError, match="does not exist"):
        [table async for table in elsewhere.list_tables(database="nowhere")]
