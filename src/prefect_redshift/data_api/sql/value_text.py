"""Python values as the strings that the Data API takes for parameters."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral
from typing import TypeAlias

from prefect_redshift.data_api.results.values import Value
from prefect_redshift.exceptions import ScriptError

Parameters: TypeAlias = Mapping[str, Value | Sequence[Value]]


def text_of(name: str, value: object) -> str | None:
    """Return the text of a value of a parameter; None for NULL.

    | Python | text | Redshift |
    | --- | --- | --- |
    | int, float | `42`, `0.1`, `NaN`, `Infinity` | numbers |
    | Decimal | `12.50`, never with an exponent | decimal |
    | bool | `true`, `false` | boolean |
    | date, time | ISO 8601 | date, time, timetz |
    | datetime | `2026-11-22 06:30:00.123456`, with the offset of its zone | timestamp, timestamptz |
    | bytes | hexadecimal digits, for `from_hex(:name)` | varbyte |
    | str | itself | all else |

    Raises:
        ScriptError: No text stands for it. The message names its type, never the value.
    """
    if value is None:
        return None
    # A subclass, such as an enumeration's or numpy's, may write itself otherwise.
    match value:
        case bool():
            return "true" if value else "false"
        case Integral():
            return str(int(value))
        case float():
            return _number(value)
        case Decimal():
            return _decimal(name, value)
        case str():
            return _text(name, value)
        case bytes():
            return value.hex()
        case datetime() | date() | time():
            return _moment(name, value)
    raise ScriptError(
        f"The parameter {name} is of type {type(value).__name__}: it takes int, float, Decimal, bool, date, datetime, "
        "time, str, bytes, None, or a list of them."
    )


def _number(value: float) -> str:
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN" if math.isnan(value) else float.__repr__(value)


def _decimal(name: str, value: Decimal) -> str:
    if not value.is_finite():
        raise ScriptError(
            f"The parameter {name} is a Decimal without a number: Redshift's decimal has none such."
        )
    return format(value, "f")


def _text(name: str, value: str) -> str:
    text = str.__str__(value)
    if "\0" in text:
        raise ScriptError(f"The parameter {name} holds a NUL character, which a text of Redshift cannot.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ScriptError(f"The parameter {name} holds half a character, which UTF-8 cannot.") from None
    return text


def _moment(name: str, value: date | time) -> str:
    # pandas' NaT is a datetime, and not equal to itself.
    if value != value:
        raise ScriptError(f"The parameter {name} is no moment: pass None for NULL.")
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
