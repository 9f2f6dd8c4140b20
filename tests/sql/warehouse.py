"""A database of the stand-in, through plain boto3: statements to their end, typed rows, loud failures."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from prefect_redshift.pipeline.splitting import split_statements

SQL = Path(__file__).resolve().parents[2] / "sql"
TARGET = {"ClusterIdentifier": "local-cluster", "DbUser": "tester"}
LONG_POLL = 30

DIMENSIONS = ("date_dim", "customer", "customer_address", "item")
FACTS = ("store_sales", "store_sales_rejected")
SOURCES = ("src_item", "src_customer_address", "src_store_sales")
TABLES = (*DIMENSIONS, *FACTS, *SOURCES)

Row = tuple[Any, ...]


def script(filename: str) -> list[str]:
    """Return the statements of a file of sql/."""
    return split_statements((SQL / filename).read_text())


class Warehouse:
    """One database."""

    def __init__(self, data_api: Any, database: str) -> None:
        self.data_api = data_api
        self.database = database

    def deploy(self) -> None:
        """Create the procedures."""
        self.run(script("sp_statements.sql"))

    def submit(self, sql: str | Sequence[str], *, session: str | None = None, **parameters: str) -> str:
        """Submit a statement, or a batch as one transaction, and return its id at once."""
        request: dict[str, Any] = {"SessionId": session} if session else TARGET | {"Database": self.database}
        if parameters:
            request["Parameters"] = [{"name": name, "value": value} for name, value in parameters.items()]
        if isinstance(sql, str):
            return str(self.data_api.execute_statement(Sql=sql, **request)["Id"])
        return str(self.data_api.batch_execute_statement(Sqls=list(sql), **request)["Id"])

    def wait(self, statement: str) -> dict[str, Any]:
        """Return the description of a statement that has ended, however it did."""
        for _ in range(4):
            described: dict[str, Any] = self.data_api.describe_statement(
                Id=statement, WaitTimeSeconds=LONG_POLL
            )
            if described["Status"] in ("FINISHED", "FAILED", "ABORTED"):
                return described
        raise AssertionError(f"still not at its end: {described}")

    def run(self, sql: str | Sequence[str], **parameters: str) -> str:
        """Run to the end and return the id; fail the test unless it finishes."""
        ended = self.wait(self.submit(sql, **parameters))
        assert ended["Status"] == "FINISHED", f"{ended['Status']}: {ended.get('Error')}\n{sql}"
        return str(ended["Id"])

    def error(self, sql: str | Sequence[str], **parameters: str) -> str:
        """Run what has to fail, and return the error's text."""
        ended = self.wait(self.submit(sql, **parameters))
        assert ended["Status"] == "FAILED", f"{ended['Status']}, but it should fail\n{sql}"
        return str(ended["Error"])

    def rows(self, sql: str, **parameters: str) -> list[Row]:
        """Return the rows of a query."""
        return self.result(self.run(sql, **parameters))

    def result(self, statement: str) -> list[Row]:
        """Return the rows of a finished statement, typed by its column metadata."""
        pages = list(self.data_api.get_paginator("get_statement_result").paginate(Id=statement))
        kinds = [column["typeName"] for column in pages[0]["ColumnMetadata"]]
        return [
            tuple(_typed(field, kind) for field, kind in zip(record, kinds, strict=True))
            for page in pages
            for record in page["Records"]
        ]

    def value(self, expression: str) -> Any:
        """Return what a query of one row and one column returns."""
        ((value,),) = self.rows(f"select {expression}")
        return value

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert rows into a table, all columns in order."""
        values = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
        if values:
            self.run(f"insert into {table} values {values}")

    def contents(self, *tables: str) -> dict[str, list[Row]]:
        """All rows of the tables, in an order that is always the same."""
        return {table: sorted(self.rows(f"select * from {table}"), key=repr) for table in tables}

    def tables(self) -> set[str]:
        """Return the pipeline's tables that exist, and any staging table, temporary ones of other sessions included."""
        names = {name for (name,) in self.rows("select table_name from svv_tables")}
        return {name for name in names if name in TABLES or name.startswith("stage_")}

    def row_versions(self, table: str) -> set[Row]:
        """Where each row lies and which transaction wrote it: an UPDATE changes both, even one to the same values."""
        return set(self.rows(f'select "ctid"::varchar, "xmin"::varchar from {table}'))


def _typed(field: dict[str, Any], kind: str) -> Any:
    if field.get("isNull"):
        return None
    (value,) = field.values()
    if kind == "date":
        return date.fromisoformat(value)
    return Decimal(value) if kind == "numeric" else value


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, int | Decimal):
        return str(value)
    text = str(value).replace("'", "''")
    return f"'{text}'"
