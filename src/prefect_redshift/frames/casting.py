"""Arrays of a frame as the types of the files, exactly: what would lose anything is an error."""

import json
import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.exceptions import FrameError
from prefect_redshift.frames.types import (
    MAX_VARCHAR,
    MICROSECONDS,
    UTC_MICROSECONDS,
    Carrier,
    carrier_of,
    type_name,
    type_sql,
)

_INTEGERS = ("int2", "int4", "int8")
_is = pa.types
# What the values of a frame may be for each of Redshift's types.
_TAKES = {
    **dict.fromkeys(_INTEGERS, ("integer", "float", "decimal")),
    "float4": ("float", "integer"),
    "float8": ("float", "integer"),
    "numeric": ("decimal", "integer", "float"),
    "bool": ("boolean",),
    "varchar": ("text",),
    "bpchar": ("text",),
    "varbyte": ("bytes",),
    "date": ("date", "timestamp"),
    "timestamp": ("timestamp", "date"),
    "timestamptz": ("timestamp with a time zone",),
    "time": ("time",),
    "timetz": ("text",),
    "super": ("text", "nested"),
}


def cast(array: pa.Array, column: Column) -> pa.Array:
    """Return an array as the type in which the files carry it into a column.

    Raises:
        FrameError: A value cannot be carried exactly.
    """
    carrier = carrier_of(column)
    if _is.is_dictionary(array.type):
        array = array.dictionary_decode()
    if _is.is_null(array.type):
        return pa.nulls(len(array), carrier.in_file)
    kind, name = _kind(array.type), type_name(column)
    if kind not in _TAKES.get(name, ()):
        raise FrameError(
            f"Column {column.name} of the table is {type_sql(column)}, the frame's is {array.type}: convert it first."
        )
    try:
        made = _CASTS.get(name, _simply)(array, carrier)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise FrameError(f"Column {column.name} does not fit {type_sql(column)}: {reason}") from error
    _check_length(made, column, name)
    return made


def _kind(found: pa.DataType) -> str:
    for name, matches in _KINDS.items():
        if any(match(found) for match in matches):
            return name
    return str(found)


_KINDS: dict[str, tuple[Callable[[pa.DataType], bool], ...]] = {
    "integer": (_is.is_integer,),
    "float": (_is.is_floating,),
    "decimal": (_is.is_decimal,),
    "boolean": (_is.is_boolean,),
    "text": (_is.is_string, _is.is_large_string, _is.is_string_view),
    "bytes": (_is.is_binary, _is.is_large_binary, _is.is_binary_view, _is.is_fixed_size_binary),
    "date": (_is.is_date,),
    "timestamp with a time zone": (lambda found: _is.is_timestamp(found) and found.tz is not None,),
    "timestamp": (_is.is_timestamp,),
    "time": (_is.is_time,),
    "nested": (_is.is_nested,),
}


def _simply(array: pa.Array, carrier: Carrier) -> pa.Array:
    return array if array.type == carrier.in_file else array.cast(carrier.in_file)


def _integer(array: pa.Array, carrier: Carrier) -> pa.Array:
    return (
        array.cast(pa.int64()).cast(carrier.in_file)
        if _is.is_decimal(array.type)
        else _simply(array, carrier)
    )


def _back_again(array: pa.Array, carrier: Carrier) -> pa.Array:
    """Convert and compare with what was given; NaN is equal to itself."""
    if array.type == carrier.in_file:
        return array
    made = (
        array.cast(carrier.in_file, safe=False)
        if _is.is_floating(carrier.in_file)
        else array.cast(carrier.in_file)
    )
    back = made.cast(array.type)
    same = pc.equal(back, array)
    if _is.is_floating(array.type):
        same = pc.or_(same, pc.and_(pc.is_nan(back), pc.is_nan(array)))
    if pc.all(same).as_py() is False:
        first = pc.index(same, False).as_py()
        raise ValueError(f"{array[first].as_py()} would become {made[first].as_py()}")
    return made


def _floating(array: pa.Array, carrier: Carrier) -> pa.Array:
    return _back_again(array, carrier) if _is.is_floating(array.type) else _simply(array, carrier)


def _decimal(array: pa.Array, carrier: Carrier) -> pa.Array:
    if _is.is_integer(array.type):
        return array.cast(pa.decimal128(38, 0)).cast(carrier.in_file)
    return _back_again(array, carrier) if _is.is_floating(array.type) else _simply(array, carrier)


def _utc(array: pa.Array, _: Carrier) -> pa.Array:
    return array.cast(UTC_MICROSECONDS).cast(MICROSECONDS)


def _time(array: pa.Array, carrier: Carrier) -> pa.Array:
    return array.cast(pa.time64("us")).cast(carrier.in_file)


def _json(array: pa.Array, carrier: Carrier) -> pa.Array:
    if not _is.is_nested(array.type):
        return _simply(array, carrier)
    texts = [
        None if value is None else json.dumps(_plain(value), ensure_ascii=False) for value in _values(array)
    ]
    return pa.array(texts, carrier.in_file)


def _values(array: pa.Array) -> list[Any]:
    return array.to_pylist(maps_as_pydicts="strict")  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it exactly."""
    if isinstance(value, dict):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number of JSON")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"SUPER holds no {type(value).__name__}; make it a text or a number first")


_CASTS: dict[str, Callable[[pa.Array, Carrier], pa.Array]] = {
    **dict.fromkeys(_INTEGERS, _integer),
    "float4": _floating,
    "float8": _floating,
    "numeric": _decimal,
    "date": _back_again,
    "timestamptz": _utc,
    "time": _time,
    "super": _json,
}


def _check_length(array: pa.Array, column: Column, name: str) -> None:
    limit = MAX_VARCHAR if name == "super" else column.precision
    if name not in ("varchar", "bpchar", "varbyte", "super") or not limit:
        return
    longest = pc.max(pc.binary_length(array)).as_py() or 0
    if longest > limit:
        raise FrameError(
            f"Column {column.name} has a value of {longest:,} bytes; {type_sql(column)} takes {limit:,}."
        )
    if name == "bpchar" and pc.all(pc.string_is_ascii(array)).as_py() is False:
        raise FrameError(f"Column {column.name} is char, which takes ASCII only: make it varchar.")
