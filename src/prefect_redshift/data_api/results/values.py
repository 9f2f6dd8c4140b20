"""Typed Python values, from the JSON fields and the CSV texts of the Data API."""

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.exceptions import ResultError

Value: TypeAlias = int | float | Decimal | bool | date | datetime | time | str | bytes | None
Reader: TypeAlias = Callable[[Any], Value]


def _time(text: str) -> time:
    if text.startswith("24"):  # from Python 3.14 on, fromisoformat takes it for 00:00
        raise ValueError(text)
    return time.fromisoformat(text)


# What may come as a string in JSON, too; all else has a field of its own in the union. Of the floats those are the ones
# that JSON has no numbers for, such as NaN.
# Redshift writes the offset of a zone as +00, which Python reads since 3.11.
_IN_STRINGS: Mapping[str, Callable[[str], Value]] = {
    "numeric": Decimal,
    "float4": float,
    "float8": float,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "timestamptz": datetime.fromisoformat,
    "time": _time,
    "timetz": _time,
    "varbyte": bytes.fromhex,
}


def _bool(text: str) -> bool:
    if text in ("true", "t", "TRUE", "1"):
        return True
    if text in ("false", "f", "FALSE", "0"):
        return False
    raise ValueError(text)


_IN_CSV: Mapping[str, Callable[[str], Value]] = {
    **_IN_STRINGS,
    "int2": int,
    "int4": int,
    "int8": int,
    "oid": int,
    "bool": _bool,
}


def field_readers(columns: Sequence[Column]) -> list[Reader]:
    """Return, for each column, what makes a value of a Field (API: GetStatementResult)."""
    return [_field_reader(column) for column in columns]


def text_readers(columns: Sequence[Column]) -> list[Reader]:
    """Return, for each column, what makes a value of its text in CSV, None for NULL (API: GetStatementResultV2)."""
    return [_text_reader(column) for column in columns]


def _field_reader(column: Column) -> Reader:
    parse = _checked(column, _IN_STRINGS.get(column.type_name))

    def read(field: Mapping[str, Any]) -> Value:
        for kind, value in field.items():
            if kind == "isNull":
                return None
            if not isinstance(value, str):
                return value  # type: ignore[no-any-return]
            if kind == "blobValue":
                return b64decode(value)
            return parse(value) if parse else value
        raise ResultError(f"{column.name}: the service sent a field without a value.")

    return read


def _text_reader(column: Column) -> Reader:
    parse = _checked(column, _IN_CSV.get(column.type_name))

    def read(text: str | None) -> Value:
        if text is None:
            return None
        return parse(text) if parse else text

    return read


def _checked(column: Column, parse: Callable[[str], Value] | None) -> Callable[[str], Value] | None:
    if parse is None:
        return None

    def checked(text: str) -> Value:
        try:
            return parse(text)
        except (ValueError, ArithmeticError) as error:
            raise ResultError(f"{column.name}: Python has no {column.type_name} for {text!r}.") from error

    return checked
