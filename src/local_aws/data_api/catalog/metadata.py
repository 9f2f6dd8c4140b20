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


class Catalogue:
    """The catalogue of the warehouse, one page at a time."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    async def databases(self, request: Request, user: str) -> dict[str, Any]:
        """Answer ListDatabases."""
        if request.get("Database"):
            async with self._connected(request, user):
                pass
        return paging.cut("Databases", await self._warehouse.databases(), request, PAGE)

    async def schemas(self, request: Request, user: str) -> dict[str, Any]:
        """Answer ListSchemas."""
        async with self._connected(request, user) as connection:
            rows = await connection.run(SCHEMAS, [request.get("SchemaPattern") or "%"])
        return paging.cut("Schemas", [name for (name,) in rows], request, PAGE)

    async def tables(self, request: Request, user: str) -> dict[str, Any]:
        """Answer ListTables."""
        patterns = [request.get("SchemaPattern") or "%", request.get("TablePattern") or "%"]
        async with self._connected(request, user) as connection:
            rows = await connection.run(TABLES, patterns)
        found = [{"name": name, "schema": schema, "type": kind} for name, schema, kind in rows]
        return paging.cut("Tables", found, request, PAGE)

    async def table(self, request: Request, user: str) -> dict[str, Any]:
        """Answer DescribeTable; without Table, the columns of all tables."""
        if request.get("Schema") and not request.get("Table"):
            raise validation("Table must be provided with Schema.")
        async with self._connected(request, user) as connection:
            rows = await connection.run(COLUMNS, [request.get("Schema") or "", request.get("Table") or ""])
        named = {"TableName": request["Table"]} if request.get("Table") else {}
        return named | paging.cut("ColumnList", [_column(row) for row in rows], request, PAGE)

    @asynccontextmanager
    async def _connected(self, request: Request, user: str) -> AsyncIterator[Connection]:
        database = request["Database"]
        try:
            if request.get("ConnectedDatabase") not in (None, database):
                connected = await self._warehouse.acquire(request["ConnectedDatabase"], user)
                await self._warehouse.release(connected, request["ConnectedDatabase"], user)
            connection = await self._warehouse.acquire(database, user)
        except EngineError as error:
            if "does not exist" in error.message:
                raise validation(f"FATAL: {error.message}") from None
            raise ApiError("DatabaseConnectionException", f"FATAL: {error.message}") from None
        try:
            yield connection
        finally:
            await self._warehouse.release(connection, database, user)


def _column(row: tuple[str | None, ...]) -> dict[str, Any]:
    name, type_oid, modifier, not_null, schema, table, default = row
    column = columns.describe(int(type_oid or 0), int(modifier or -1), name or "")
    column |= {"schemaName": schema, "tableName": table, "length": column["precision"]}
    column["nullable"] = columns.NO_NULLS if not_null == "t" else columns.NULLABLE
    if default is not None:
        column["columnDefault"] = default
    return column
