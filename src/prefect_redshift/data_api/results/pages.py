"""Pages of a finished statement's result, in JSON or CSV, each fetched while the one before is worked on."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.aws.paging import pages
from prefect_redshift.data_api.results import csv_text
from prefect_redshift.data_api.results.columns import Column, columns_of
from prefect_redshift.data_api.results.values import Value, field_readers, text_readers
from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.exceptions import ResultError


@dataclass(frozen=True, kw_only=True)
class ResultPage:
    """One page of a result (API: GetStatementResult).

    Attributes:
        rows: Typed values, one tuple a row, in the columns' order.
        total_rows: Rows of the whole result.
    """

    columns: tuple[Column, ...]
    rows: list[tuple[Value, ...]]
    total_rows: int


@dataclass(frozen=True, kw_only=True)
class CsvPage:
    """One page of a result in CSV (API: GetStatementResultV2).

    Attributes:
        text: Records without a header; NULL is a field of no characters, an empty text is `""`.
        total_rows: Rows of the whole result.
    """

    columns: tuple[Column, ...]
    text: str
    total_rows: int

    def typed(self) -> ResultPage:
        """Return the same page as typed values."""
        readers = text_readers(self.columns)
        rows = [
            tuple([read(field) for read, field in zip(readers, fields, strict=True)])
            for fields in csv_text.records(self.text, len(self.columns))
        ]
        return ResultPage(columns=self.columns, rows=rows, total_rows=self.total_rows)


async def json_pages(client: AwsClient, statement: SubStatement) -> AsyncGenerator[ResultPage, None]:
    """Yield the pages of a result in JSON (API: GetStatementResult).

    Raises:
        ResultError: There is no such result, or the service repeats a page.
    """
    check_readable(statement, "JSON")
    inputs, first = {"Id": statement.id}, statement.first_page
    async with aclosing(pages(client, "GetStatementResult", inputs, ahead=True, first=first)) as answers:
        async for page in answers:
            columns = columns_of(page)
            readers = field_readers(columns)
            with _fitting(statement):
                rows = [
                    tuple([read(field) for read, field in zip(readers, record, strict=True)])
                    for record in page["Records"]
                ]
            yield ResultPage(columns=columns, rows=rows, total_rows=_total(page))


async def csv_pages(client: AwsClient, statement: SubStatement) -> AsyncGenerator[CsvPage, None]:
    """Yield the pages of a result in CSV (API: GetStatementResultV2).

    Raises:
        ResultError: There is no such result, or the service repeats a page.
    """
    check_readable(statement, "CSV")
    is_first = True
    inputs, first = {"Id": statement.id}, statement.first_page
    async with aclosing(pages(client, "GetStatementResultV2", inputs, ahead=True, first=first)) as answers:
        async for page in answers:
            columns = columns_of(page)
            with _fitting(statement):
                text = "".join(record.get("CSVRecords", "") for record in page["Records"])
            if is_first:
                # Whether there is a header is not documented; the count of rows shows if this took a row for one.
                text = csv_text.without_header(text, [column.name for column in columns])
                is_first = False
            yield CsvPage(columns=columns, text=text, total_rows=_total(page))


def check_readable(statement: SubStatement, result_format: str) -> None:
    """Check that the statement has a result in this format, before the service is asked for it.

    Raises:
        ResultError: It has not.
    """
    if isinstance(statement, Statement) and statement.sub_statements:
        raise ResultError(f"{statement.id} is a batch: read the results of its sub_statements.")
    if not statement.has_result_set:
        raise ResultError(
            f"{statement.id} ({statement.status}) has no result set: it returns no rows, or has not been waited for."
        )
    if statement.result_format != result_format:
        raise ResultError(
            f"The result of {statement.id} is in {statement.result_format}; for this, submit the statement with "
            f'result_format="{result_format}".'
        )


def check_count(statement: SubStatement, count: int, total: int) -> None:
    """Check that as many rows arrived as the service announced; -1 if it announced nothing.

    Raises:
        ResultError: They differ.
    """
    if total not in (-1, count):
        raise ResultError(f"{statement.id}: {count} rows arrived of {total}; read them again.")


@contextmanager
def _fitting(statement: SubStatement) -> Iterator[None]:
    """Raise a ResultError where records are not of the form that the API says."""
    try:
        yield
    except (AttributeError, TypeError, ValueError) as error:
        raise ResultError(
            f"{statement.id}: the service sent records that do not fit their columns."
        ) from error


def _total(page: Mapping[str, Any]) -> int:
    return int(page.get("TotalNumRows", -1))
