"""What the statements around an UNLOAD tell: the columns of its query, and how many rows it has written."""

from collections.abc import Sequence
from contextlib import aclosing

from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.data_api.results.pages import json_pages
from prefect_redshift.data_api.results.reading import read_rows
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import ResultError


async def columns_of(connection: Connection, statement: Statement) -> Sequence[Column]:
    """Return the columns of a statement's result, which may have no row."""
    async with aclosing(json_pages(connection.client, statement)) as pages:
        async for page in pages:
            return page.columns
    raise ResultError(f"{statement.id}: the service told no columns.")


async def count_of(connection: Connection, statement: Statement) -> int:
    """Return the number that the last statement of a batch has returned."""
    last = statement.sub_statements[-1]
    async with aclosing(read_rows(connection.client, last)) as rows:
        async for row in rows:
            return int(row[0])
    raise ResultError(f"{statement.id}: the service told no number of rows.")
