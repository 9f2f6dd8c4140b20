"""ListDatabases, ListSchemas, ListTables, DescribeTable."""

from typing import Any

import pytest

from tests.statements import CLUSTER, Statements


@pytest.fixture
def where(statements: Statements) -> dict[str, Any]:
    """A database with two schemas, two tables and a view."""
    statements.batch(
        "create schema sales",
        "create table sales.orders (id int not null, amount numeric(8,2) default 0, note varchar(20))",
        "create table sales.o_x (id int)",
        "create view public.v as select id from sales.orders",
    )
    return statements.where


def test_databases(data_api: Any, where: dict[str, Any]) -> None:
    databases = data_api.list_databases(**CLUSTER, Database="dev")["Databases"]
    assert {"dev", where["Database"]} <= set(databases)
    assert not {"postgres", "template0", "template1"} & set(databases)


def test_schemas(data_api: Any, where: dict[str, Any]) -> None:
    assert {"public", "sales", "pg_catalog"} <= set(data_api.list_schemas(**where)["Schemas"])
    assert data_api.list_schemas(**where, SchemaPattern="sal%")["Schemas"] == ["sales"]


def test_tables(data_api: Any, where: dict[str, Any]) -> None:
    found = data_api.list_tables(**where, SchemaPattern="sales")["Tables"]
    assert [(table["name"], table["type"]) for table in found] == [("o_x", "TABLE"), ("orders", "TABLE")]
    [view] = data_api.list_tables(**where, SchemaPattern="public", TablePattern="v")["Tables"]
    assert view == {"name": "v", "schema": "public", "type": "VIEW"}
    assert (
        data_api.list_tables(**where, SchemaPattern="pg_catalog", TablePattern="pg_class")["Tables"][0][
            "type"
        ]
        == "SYSTEM TABLE"
    )


def test_pages_of_tables(data_api: Any, where: dict[str, Any]) -> None:
    first = data_api.list_tables(**where, SchemaPattern="sales", MaxResults=1)
    second = data_api.list_tables(**where, SchemaPattern="sales", MaxResults=1, NextToken=first["NextToken"])
    assert [page["Tables"][0]["name"] for page in (first, second)] == ["o_x", "orders"]
    assert "NextToken" not in second


def test_a_tables_columns(data_api: Any, where: dict[str, Any]) -> None:
    described = data_api.describe_table(**where, Schema="sales", Table="orders")
    columns = described["ColumnList"]
    assert described["TableName"] == "orders"
    assert [(column["name"], column["typeName"], column["nullable"]) for column in columns] == [
        ("id", "int4", 0),
        ("amount", "numeric", 1),
        ("note", "varchar", 1),
    ]
    assert (columns[1]["precision"], columns[1]["scale"], columns[1]["columnDefault"]) == (8, 2, "0")
    assert columns[2]["length"] == 20


def test_an_identity_is_a_default_as_on_redshift(
    data_api: Any, where: dict[str, Any], statements: Statements
) -> None:
    statements.run("create table sales.numbered (a int, id bigint identity(5, 2))")
    columns = data_api.describe_table(**where, Schema="sales", Table="numbered")["ColumnList"]
    assert "columnDefault" not in columns[0] or not columns[0]["columnDefault"]
    assert columns[1]["columnDefault"].startswith('"identity"(')
    assert columns[1]["columnDefault"].endswith(", 1, '5,2'::text)")


def test_an_unknown_database(data_api: Any) -> None:
    with pytest.raises(data_api.exceptions.ValidationException, match='database "nowhere" does not exist'):
        data_api.list_tables(**CLUSTER, Database="nowhere")
