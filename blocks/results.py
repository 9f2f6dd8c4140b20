"""Results of statements, as typed Python values."""

from collections import namedtuple
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from blocks.calls import Calls
from blocks.errors import ResultError
from blocks.statement import SubStatement

# A named tuple whose fields are the result's column names.
Row: TypeAlias = Any
Value: TypeAlias = int | float | Decimal | bool | date | datetime | time | str | bytes | None


class Column(NamedTuple):
    """One column of a result (API: ColumnMetadata).

    Attributes:
        type_name: Redshift's name of its type, such as `int8` or `numeric`.
    """

    name: str
    type_name: str


def _time(text: str) -> time:
    # Redshift writes the offset of a timetz as +00, which Python 3.11 reads.
    return time.fromisoformat(text)


# The Data API sends decimals, dates and times as strings; all else has a field of its own in the union.
_PARSERS: Mapping[str, Callable[[str], Value]] = {
    "numeric": Decimal,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "timestamptz": datetime.fromisoformat,
    "time": _time,
    "timetz": _time,
}


def typed_value(field: Mapping[str, Any], column: Column) -> Value:
    """The Python value of one Field (API: GetStatementResult).

    Raises:
        ResultError: The text is no value of the column's type that Python knows (a date before the year 1, say).
    """
    if field.get("isNull"):
        return None
    kind, value = next(iter(field.items()))
    parse = _PARSERS.get(column.type_name) if kind == "stringValue" else None
    if parse is None:
        return value  # type: ignore[no-any-return]
    try:
        return parse(value)
    except (ValueError, ArithmeticError) as error:
        raise ResultError(f"{column.name}: Python has no {column.type_name} for {value!r}.") from error


async def read_rows(calls: Calls, statement: SubStatement) -> AsyncIterator[Row]:
    """The rows of a finished statement, page by page to the end (API: GetStatementResult).

    Raises:
        ResultError: There is no result set, a page's token repeats, or the rows are not as many as were announced.
    """
    if not statement.has_result_set:
        raise ResultError(f"{statement.id} returned no rows: it has no result set.")
    row_type: Callable[[list[Value]], Row] | None = None
    columns: list[Column] = []
    inputs = {"Id": statement.id}
    seen_tokens: set[str] = set()
    count = 0
    while True:
        page = await calls.request("GetStatementResult", inputs)
        if row_type is None:
            columns = [
                Column(meta.get("name", ""), meta.get("typeName", "")) for meta in page["ColumnMetadata"]
            ]
            row_type = row_factory(columns)
        for record in page["Records"]:
            count += 1
            yield row_type(
                [typed_value(field, column) for field, column in zip(record, columns, strict=True)]
            )
        token = page.get("NextToken")
        if not token:
            break
        if token in seen_tokens:
            raise ResultError(f"{statement.id}: the service repeats a page of the result; read it again.")
        seen_tokens.add(token)
        inputs["NextToken"] = token
    total = page.get("TotalNumRows", count)
    if count != total:
        raise ResultError(f"{statement.id}: {count} rows arrived of {total}; read them again.")


def row_factory(columns: Sequence[Column]) -> Callable[[list[Value]], Row]:
    """Makes named tuples of the columns; a name that is no identifier, or comes twice, is its position: `_2`."""
    row_type = namedtuple("Row", [column.name for column in columns], rename=True)  # type: ignore[misc]
    return lambda values: row_type(*values)
