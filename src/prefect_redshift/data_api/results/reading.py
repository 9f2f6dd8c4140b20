"""Results of statements: rows of typed Python values, and Arrow and pandas for many of them."""

from collections import namedtuple
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.results.columns import Column, unique_names
from prefect_redshift.data_api.results.pages import CsvPage, ResultPage, check_count, csv_pages, json_pages
from prefect_redshift.data_api.results.values import Value
from prefect_redshift.data_api.statement import SubStatement
from prefect_redshift.exceptions import ResultError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

# A named tuple whose fields are the result's column names, or a dictionary.
Row: TypeAlias = Any


@dataclass(frozen=True)
class Results:
    """Reading the results of finished statements; each keeps no more than two pages of it in memory."""

    connection: Connection

    async def get_statement_result(self, statement: SubStatement) -> AsyncIterator[ResultPage]:
        """Yield the pages of a result in JSON, typed (API: GetStatementResult).

        Raises:
            ResultError: The statement has no result in JSON, or the service repeats a page.
            CallError: The call was refused.
        """
        async for page in json_pages(self.connection.client, statement):
            yield page

    async def get_statement_result_v2(self, statement: SubStatement) -> AsyncIterator[CsvPage]:
        """Yield the pages of a result in CSV, as text (API: GetStatementResultV2).

        Raises:
            ResultError: The statement has no result in CSV, or the service repeats a page.
            CallError: The call was refused.
        """
        async for page in csv_pages(self.connection.client, statement):
            yield page

    async def rows(self, statement: SubStatement, *, as_dict: bool = False) -> AsyncGenerator[Row, None]:
        """Yield the rows of a finished statement, typed (API: GetStatementResult, or GetStatementResultV2 for CSV).

        Values are int, float, Decimal, bool, date, datetime (with a zone for timestamptz), time, bytes (varbyte), str
        for all else, and None. In CSV, an empty text is told from NULL by its quotes; AWS does not document whether it
        always writes them, so where that difference matters, read JSON.

        Args:
            statement: A statement, or one of a batch's `sub_statements`.
            as_dict: Dictionaries by column name instead of named tuples. A name that comes twice is its position, such
                as `_2`; in a named tuple so is a name that is no Python identifier.

        Raises:
            ResultError: The statement has no result, it did not arrive whole, or a value is beyond Python's types.
            CallError: The call was refused.
        """
        async with aclosing(read_rows(self.connection.client, statement, as_dict=as_dict)) as rows:
            async for row in rows:
                yield row

    async def record_batches(self, statement: SubStatement) -> "AsyncIterator[pyarrow.RecordBatch]":
        """Yield the result in Arrow, a page at a time; at least one batch, which may be empty.

        Needs the extra `results`, and a statement submitted with `result_format="CSV"` (API: GetStatementResultV2).
        Numbers, decimals, booleans, dates, times, timestamps and varbyte have Arrow's own types; all else is text.

        Raises:
            ResultError: The statement has no result in CSV, it did not arrive whole, or pyarrow is not installed.
            CallError: The call was refused.
        """
        read_batches = _extra("prefect_redshift.data_api.results.arrow").read_batches
        async with aclosing(read_batches(self.connection.client, statement)) as batches:
            async for batch in batches:
                yield batch

    async def to_arrow(self, statement: SubStatement) -> "pyarrow.Table":
        """Return the whole result as one Arrow table; as `record_batches`, which needs less memory."""
        arrow = _extra("pyarrow")
        return arrow.Table.from_batches([batch async for batch in self.record_batches(statement)])

    async def to_pandas(
        self, statement: SubStatement, *, dtype_backend: Literal["pyarrow", "numpy"] = "pyarrow"
    ) -> "pandas.DataFrame":
        """Return the whole result as a pandas data frame; see `record_batches`.

        Args:
            dtype_backend: With pyarrow, every value keeps its type, NULL among integers too; with numpy, pandas'
                older types, in which such integers become floats and decimals, dates and times objects.
        """
        pandas = _extra("pandas")
        table = await self.to_arrow(statement)
        return table.to_pandas(types_mapper=pandas.ArrowDtype if dtype_backend == "pyarrow" else None)

    async def to_polars(self, statement: SubStatement) -> "polars.DataFrame":
        """Return the whole result as a polars data frame; see `record_batches`. Needs the extra `polars`."""
        table = await self.to_arrow(statement)
        frame: polars.DataFrame = _extra("polars").from_arrow(table)
        return frame


def _extra(module: str) -> Any:
    """Import a module that is there only with an extra, `results` or `polars`."""
    try:
        return import_module(module)
    except ImportError as error:
        what = 'Arrow and pandas need the extra "results": pip install pyarrow pandas.'
        if module == "polars":
            what = 'Polars needs the extra "polars": pip install pyarrow polars.'
        raise ResultError(what) from error


async def read_rows(
    client: AwsClient, statement: SubStatement, *, as_dict: bool = False
) -> AsyncGenerator[Row, None]:
    """Yield the rows of a finished statement, page by page to the end.

    Raises:
        ResultError: There is no result set, a page's token repeats, or the rows are not as many as were announced.
    """
    make: Callable[[Iterable[Value]], Row] | None = None
    count, total = 0, -1
    async with aclosing(_typed_pages(client, statement)) as result:
        async for page in result:
            make = make or row_factory(page.columns, as_dict=as_dict)
            count, total = count + len(page.rows), page.total_rows
            for values in page.rows:
                yield make(values)
    check_count(statement, count, total)


async def _typed_pages(client: AwsClient, statement: SubStatement) -> AsyncGenerator[ResultPage, None]:
    if statement.result_format == "CSV":
        async with aclosing(csv_pages(client, statement)) as texts:
            async for text in texts:
                yield text.typed()
    else:
        async with aclosing(json_pages(client, statement)) as typed:
            async for page in typed:
                yield page


def row_factory(columns: Sequence[Column], *, as_dict: bool = False) -> Callable[[Iterable[Value]], Row]:
    """Return what makes a row of its values; see `Results.rows` for the names."""
    if as_dict:
        names = unique_names(columns)
        return lambda values: dict(zip(names, values, strict=True))
    row_type = namedtuple("Row", [column.name for column in columns], rename=True)  # type: ignore[misc]
    return row_type._make
