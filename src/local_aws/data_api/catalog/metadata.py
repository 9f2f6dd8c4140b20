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
# What the stand-in itself keeps in a database is not the user's.
VISIBLE = """
n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%' AND n.nspname <> 'local_aws'
"""
SCHEMAS = f"""
SELECT n.nspname FROM pg_catalog.pg_namespace n
WHERE {VISIBLE} AND n.nspname LIKE $1 ORDER BY n.nspname
"""  # noqa: S608
TABLES = f"""
SELECT c.relname, n.nspname,
    CASE WHEN n.nspname IN ('pg_catalog', 'information_schema')
         THEN CASE c.relkind WHEN 'v' THEN 'SYSTEM VIEW' ELSE 'SYSTEM TABLE' END
         WHEN c.relkind IN ('v', 'm') THEN 'VIEW' ELSE 'TABLE' END
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE {VISIBLE} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname LIKE $1 AND c.relname LIKE $2
ORDER BY n.nspname, c.relname
"""  # noqa: S608
COLUMNS = f"""
SELECT a.attname, coalesce(nullif(t.typbasetype, 0), a.atttypid), a.atttypmod, a.attnotnull,
    n.nspname, c.relname,
    -- Redshift's form of an identity's default
    coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), (
        SELECT '"identity"(' || c.oid::text || ', ' || (a.attnum - 1)::text || ', '''
            || s.seqstart::text || ',' || s.seqincrement::text || '''::text)'
        FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_depend o ON o.objid = s.seqrelid
        WHERE o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype = 'i'
    ))
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE {VISIBLE} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
    AND ($1 = '' OR n.nspname = $1) AND ($2 = '' OR c.relname = $2)
ORDER BY n.nspname, c.relname, a.attnum
"""  # noqa: S608

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
        page, more = paging.cut("databases", await self._warehouse.databases(), request, PAGE)
        return {"Databases": page, **more}

    async def schemas(self, request: Request, user: str) -> dict[str, Any]:
        """Answer ListSchemas."""
        async with self._connected(request, user) as connection:
            rows = await connection.run(SCHEMAS, [request.get("SchemaPattern") or "%"])
        page, more = paging.cut("schemas", [name for (name,) in rows], request, PAGE)
        return {"Schemas": page, **more}

    async def tables(self, request: Request, user: str) -> dict[str, Any]:
        """Answer ListTables."""
        patterns = [request.get("SchemaPattern") or "%", request.get("TablePattern") or "%"]
        async with self._connected(request, user) as connection:
            rows = await connection.run(TABLES, patterns)
        found = [{"name": name, "schema": schema, "type": kind} for name, schema, kind in rows]
        page, more = paging.cut("tables", found, request, PAGE)
        return {"Tables": page, **more}

    async def table(self, request: Request, user: str) -> dict[str, Any]:
        """Answer DescribeTable; without Table, the columns of all tables."""
        if request.get("Schema") and not request.get("Table"):
            raise validation("Table must be provided with Schema.")
        async with self._connected(request, user) as connection:
            rows = await connection.run(COLUMNS, [request.get("Schema") or "", request.get("Table") or ""])
        page, more = paging.cut("columns", [_column(row) for row in rows], request, PAGE)
        named = {"TableName": request["Table"]} if request.get("Table") else {}
        return {**named, "ColumnList": page, **more}

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
