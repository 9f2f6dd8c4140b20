"""What there is in a warehouse: databases, schemas, tables and their columns."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from prefect_redshift.aws.paging import items
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.results.columns import Column


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table or view (API: TableMember).

    Attributes:
        type: As the service names it, such as TABLE, VIEW or SYSTEM TABLE.
    """

    name: str
    schema_name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class TableDescription:
    """The columns of a table in their order (API: DescribeTable); none if there is no such table."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Catalog:
    """The catalogue of a warehouse, read without a statement.

    All of these raise a CallError when the call is refused, a ResultError when the service repeats a page. `database`
    looks into another database than the connection's own; `page_size` is how many entries one call brings
    (API: MaxResults), and never how many there are in all.
    """

    connection: Connection

    async def list_databases(self, *, page_size: int | None = None) -> AsyncIterator[str]:
        """Yield the names of the databases (API: ListDatabases)."""
        async for name in items(
            self.connection.client, "ListDatabases", "Databases", self._inputs(page_size=page_size)
        ):
            yield name

    async def list_schemas(
        self, pattern: str | None = None, *, database: str | None = None, page_size: int | None = None
    ) -> AsyncIterator[str]:
        """Yield the names of the schemas (API: ListSchemas).

        Args:
            pattern: As of SQL's LIKE: `%` for any text, `_` for any character.
        """
        inputs = self._inputs(database, page_size, SchemaPattern=pattern)
        async for name in items(self.connection.client, "ListSchemas", "Schemas", inputs):
            yield name

    async def list_tables(
        self,
        pattern: str | None = None,
        *,
        schema_pattern: str | None = None,
        database: str | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[Table]:
        """Yield the tables and views, system tables too (API: ListTables).

        Args:
            pattern: Of the table's name, as of SQL's LIKE.
            schema_pattern: Of the schema's name.
        """
        inputs = self._inputs(database, page_size, TablePattern=pattern, SchemaPattern=schema_pattern)
        async for data in items(self.connection.client, "ListTables", "Tables", inputs):
            yield Table(
                name=data.get("name", ""), schema_name=data.get("schema", ""), type=data.get("type", "")
            )

    async def describe_table(
        self,
        table: str,
        *,
        schema: str | None = None,
        database: str | None = None,
        page_size: int | None = None,
    ) -> TableDescription:
        """Return the columns of a table (API: DescribeTable).

        Args:
            schema: Without it, the columns of every table of that name; each says its `schema_name`.
        """
        inputs = self._inputs(database, page_size, Table=table, Schema=schema)
        found = items(self.connection.client, "DescribeTable", "ColumnList", inputs)
        return TableDescription(
            name=table, columns=tuple([Column.from_response(data) async for data in found])
        )

    def _inputs(
        self, database: str | None = None, page_size: int | None = None, **more: Any
    ) -> dict[str, Any]:
        inputs: dict[str, Any] = dict(self.connection.target)
        if database and database != inputs["Database"]:
            inputs |= {"ConnectedDatabase": inputs["Database"], "Database": database}
        return inputs | {
            name: value for name, value in {**more, "MaxResults": page_size}.items() if value is not None
        }
