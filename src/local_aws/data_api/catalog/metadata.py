"""ListDatabases, ListSchemas, ListTables and DescribeTable: the catalogue, read at once rather than by a statement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from local_aws.data_api import paging
from local_aws.data_api.results import columns
from local_aws.engine.connection import Connection, EngineError
from local_aws.engine.warehouse import Warehouse
from local_aws.wire.service_errors import ApiError, validation

PAGE = 1000
DATABASES = "SELECT database_name FROM pg_catalog.svv_redshift_databases ORDER BY database_name"
SCHEMAS = "SELECT nspname FROM local_aws.listed_schemas WHERE nspname LIKE $1 ORDER BY nspname"
TABLES = """
SELECT relname, nspname, kind FROM local_aws.listed_tables WHERE nspname LIKE $1 AND relname LIKE $2
ORDER BY nspname, relname
"""
COLUMNS = """
SELECT attname, type, atttypmod, attnotnull, nspname, relname, default_value FROM local_aws.listed_columns
WHERE ($1 = '' OR nspname = $1) AND ($2 = '' OR relname = $2) ORDER BY nspname, relname, attnum
"""

Request = dict[str, Any]
Answer = dict[str, Any]


async def databases(connection: Connection, request: Request) -> Answer:
    """Answer ListDatabases."""
    rows = await connection.run(DATABASES)
    return paging.cut("Databases", [name for (name,) in rows], request, PAGE)


async def schemas(connection: Connection, request: Request) -> Answer:
    """Answer ListSchemas."""
    rows = await connection.run(SCHEMAS, [request.get("SchemaPattern") or "%"])
    return paging.cut("Schemas", [name for (name,) in rows], request, PAGE)


async def tables(connection: Connection, request: Request) -> Answer:
    """Answer ListTables."""
    patterns = [request.get("SchemaPattern") or "%", request.get("TablePattern") or "%"]
    rows = await connection.run(TABLES, patterns)
    found = [{"name": name, "schema": schema, "type": kind} for name, schema, kind in rows]
    return paging.cut("Tables", found, request, PAGE)


async def table(connection: Connection, request: Request) -> Answer:
    """Answer DescribeTable; without Table, the columns of all tables."""
    if request.get("Schema") and not request.get("Table"):
        raise validation("Table must be provided with Schema.")
    rows = await connection.run(COLUMNS, [request.get("Schema") or "", request.get("Table") or ""])
    named = {"TableName": request["Table"]} if request.get("Table") else {}
    return named | paging.cut("ColumnList", [_column(row) for row in rows], request, PAGE)


@asynccontextmanager
async def connected(warehouse: Warehouse, request: Request, user: str) -> AsyncIterator[Connection]:
    """Connect to the database of a request by way of its ConnectedDatabase; raise ApiError where that is refused."""
    database = request["Database"]
    try:
        if request.get("ConnectedDatabase") not in (None, database):
            connected = await warehouse.acquire(request["ConnectedDatabase"], user)
            await warehouse.release(connected, request["ConnectedDatabase"], user)
        connection = await warehouse.acquire(database, user)
    except EngineError as error:
        if "does not exist" in error.message:
            raise validation(f"FATAL: {error.message}") from None
        raise ApiError("DatabaseConnectionException", f"FATAL: {error.message}") from None
    try:
        yield connection
    finally:
        await warehouse.release(connection, database, user)


def _column(row: tuple[str | None, ...]) -> dict[str, Any]:
    name, type_oid, modifier, not_null, schema, table, default = row
    column = columns.describe(int(type_oid or 0), int(modifier or -1), name or "")
    column |= {"schemaName": schema, "tableName": table, "length": column["precision"]}
    column["nullable"] = columns.NO_NULLS if not_null == "t" else columns.NULLABLE
    if default is not None:
        column["columnDefault"] = default
    return column
