"""Which Arrow type each of Redshift's types is, and how its values travel in Parquet files.

Redshift's COPY and UNLOAD of Parquet are its Spectrum: they know no TIMESTAMPTZ, TIME and TIMETZ, and COPY converts
nothing. What they do not know travels as a type that they do, and SQL converts it on the warehouse's side.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.exceptions import FrameError

MAX_VARCHAR, MAX_VARBYTE, MAX_DIGITS = 65_535, 1_024_000, 38
MICROSECONDS = pa.timestamp("us")
UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")
# What is reported where the engine states neither precision nor scale.
_UNSTATED_SCALE = 37


@dataclass(frozen=True)
class Carrier:
    """How the values of one of Redshift's types travel.

    Attributes:
        in_file: Their type in the files.
        stage: The SQL type of the column that COPY fills first, where it cannot fill the table's own.
        loaded: The table's value of the staged column `{}`, in SQL.
        unloaded: What UNLOAD is to write of the column `{}`, in SQL.
        arrow: Their type in Arrow.
    """

    in_file: pa.DataType
    arrow: pa.DataType
    stage: str = ""
    loaded: str = "{}"
    unloaded: str = "{}"


def _plain(arrow: pa.DataType) -> Carrier:
    return Carrier(arrow, arrow)


_CARRIERS: Mapping[str, Carrier] = {
    "int2": _plain(pa.int16()),
    "int4": _plain(pa.int32()),
    "int8": _plain(pa.int64()),
    "float4": _plain(pa.float32()),
    "float8": _plain(pa.float64()),
    "bool": _plain(pa.bool_()),
    "varchar": _plain(pa.string()),
    "bpchar": _plain(pa.string()),
    "varbyte": _plain(pa.binary()),
    "date": _plain(pa.date32()),
    "timestamp": _plain(MICROSECONDS),
    "timestamptz": Carrier(
        MICROSECONDS, UTC_MICROSECONDS, "timestamp", "{} at time zone 'UTC'", "{} at time zone 'UTC'"
    ),
    "time": Carrier(
        pa.string(), pa.time64("us"), "varchar(15)", "cast({} as time)", "cast({} as varchar(15))"
    ),
    "timetz": Carrier(
        pa.string(), pa.string(), "varchar(24)", "cast({} as timetz)", "cast({} as varchar(24))"
    ),
    "super": Carrier(pa.string(), pa.string(), f"varchar({MAX_VARCHAR})", "json_parse({})"),
    # The catalogue's own types, in results only.
    "oid": _plain(pa.int64()),
    "name": Carrier(pa.string(), pa.string(), unloaded="cast({} as varchar)"),
}
_SYNONYMS = {
    "smallint": "int2",
    "integer": "int4",
    "int": "int4",
    "bigint": "int8",
    "real": "float4",
    "double precision": "float8",
    "float": "float8",
    "boolean": "bool",
    "character varying": "varchar",
    "text": "varchar",
    "char": "bpchar",
    "character": "bpchar",
    "decimal": "numeric",
    "binary varying": "varbyte",
    "varbinary": "varbyte",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}
_SQL = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "bpchar": "char",
}
_DECLARED = re.compile(r"([a-z][a-z0-9 ]*?)\s*(?:\(\s*(\d+|max)\s*(?:,\s*(\d+)\s*)?\))?")


def type_name(column: Column) -> str:
    """Return Redshift's short name of a column's type."""
    name = column.type_name.lower()
    return _SYNONYMS.get(name, name)


def carrier_of(column: Column) -> Carrier:
    """Return how the values of a column travel.

    Raises:
        FrameError: Its type cannot be carried.
    """
    name = type_name(column)
    if name == "numeric" and column.scale < _UNSTATED_SCALE:
        return _plain(pa.decimal128(column.precision or MAX_DIGITS, column.scale))
    if name == "numeric":
        return Carrier(pa.string(), pa.decimal256(76, column.scale), unloaded="cast({} as varchar(80))")
    if name not in _CARRIERS:
        raise FrameError(
            f"Column {column.name} is {column.type_name.upper()}, which Parquet files cannot carry: cast it to varchar "
            "in the query, or leave it out."
        )
    return _CARRIERS[name]


def type_sql(column: Column) -> str:
    """Return a column's type as SQL declares it."""
    name = type_name(column)
    sql = _SQL.get(name, name)
    if name == "numeric":
        return f"numeric({column.precision},{column.scale})"
    return f"{sql}({column.precision})" if name in ("varchar", "bpchar", "varbyte") else sql


def declared(name: str, sql: str) -> Column:
    """Return a column of a type that was declared in SQL, such as `varchar(40)`.

    Raises:
        FrameError: It is none of Redshift's types that can be carried.
    """
    match = _DECLARED.fullmatch(sql.strip().lower())
    found = _SYNONYMS.get(match[1], match[1]) if match else ""
    if match is None or (found not in _CARRIERS and found != "numeric"):
        raise FrameError(f"{sql!r}, the type of column {name}, is no type that a table can be created with.")
    sizes = {"varchar": 256, "bpchar": 1, "varbyte": 64_000, "numeric": 18}
    largest = {"varchar": MAX_VARCHAR, "varbyte": MAX_VARBYTE}.get(found, 0)
    size = largest if match[2] == "max" else int(match[2] or sizes.get(found, 0))
    return Column(name=name, type_name=found, precision=size, scale=int(match[3] or 0))


def column_for(field: pa.Field) -> Column:
    """Return the column of a new table for a field of a frame.

    Raises:
        FrameError: None of Redshift's types carries its values exactly.
    """
    found = field.type
    if pa.types.is_dictionary(found):
        return column_for(field.with_type(found.value_type))
    if pa.types.is_decimal(found):
        if found.precision > MAX_DIGITS or not 0 <= found.scale <= found.precision:
            raise FrameError(f"Column {field.name} is {found}; Redshift's decimals have at most 38 digits.")
        return Column(name=field.name, type_name="numeric", precision=found.precision, scale=found.scale)
    for matches, column in _NEW:
        if matches(found):
            return replace(column, name=field.name)
    if pa.types.is_null(found):
        raise FrameError(
            f"Column {field.name} holds only NULL: name its type, as in types={{...: 'integer'}}."
        )
    raise FrameError(f"Column {field.name} is {found}, which no type of Redshift carries: convert it first.")


_is = pa.types
_NEW = (
    (lambda t: _is.is_int8(t) or _is.is_int16(t) or _is.is_uint8(t), Column(name="", type_name="int2")),
    (lambda t: _is.is_int32(t) or _is.is_uint16(t), Column(name="", type_name="int4")),
    (lambda t: _is.is_int64(t) or _is.is_uint32(t), Column(name="", type_name="int8")),
    (_is.is_uint64, Column(name="", type_name="numeric", precision=20)),
    (lambda t: _is.is_float16(t) or _is.is_float32(t), Column(name="", type_name="float4")),
    (_is.is_float64, Column(name="", type_name="float8")),
    (_is.is_boolean, Column(name="", type_name="bool")),
    (
        lambda t: _is.is_string(t) or _is.is_large_string(t) or _is.is_string_view(t),
        Column(name="", type_name="varchar", precision=MAX_VARCHAR),
    ),
    (
        lambda t: (
            _is.is_binary(t) or _is.is_large_binary(t) or _is.is_binary_view(t) or _is.is_fixed_size_binary(t)
        ),
        Column(name="", type_name="varbyte", precision=MAX_VARBYTE),
    ),
    (_is.is_date, Column(name="", type_name="date")),
    (lambda t: _is.is_timestamp(t) and t.tz is not None, Column(name="", type_name="timestamptz")),
    (_is.is_timestamp, Column(name="", type_name="timestamp")),
    (_is.is_time, Column(name="", type_name="time")),
    (_is.is_nested, Column(name="", type_name="super")),
)
