"""Every type of Redshift's in and out, value by value, beside what the Data API itself returns of it."""

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import FrameError
from tests.prefect_redshift.frames.conftest import rows

TYPES: dict[str, tuple[str, pa.DataType, list[Any]]] = {
    "small": ("smallint", pa.int16(), [-(2**15), 2**15 - 1, None]),
    "whole": ("integer", pa.int32(), [-(2**31), 2**31 - 1, None]),
    "large": ("bigint", pa.int64(), [-(2**63), 2**63 - 1, None]),
    "single": ("real", pa.float32(), [0.5, math.inf, math.nan, None]),
    "double": (
        "double precision",
        pa.float64(),
        [0.1, -math.inf, math.nan, 1.7976931348623157e308, 5e-324, None],
    ),
    "most": ("numeric(38,0)", pa.decimal128(38, 0), [Decimal("9" * 38), Decimal("-" + "9" * 38), None]),
    "least": (
        "numeric(38,20)",
        pa.decimal128(38, 20),
        [Decimal("9" * 18 + "." + "9" * 20), Decimal("-0." + "0" * 19 + "1"), None],
    ),
    "price": ("numeric(9,2)", pa.decimal128(9, 2), [Decimal("-1234567.89"), Decimal("0.10"), None]),
    "flag": ("boolean", pa.bool_(), [True, False, None]),
    "words": ("varchar(65535)", pa.string(), ["", " ", "é€😀", "tab\t\"quote' \\N \n\r line", "NULL", None]),
    "code": ("char(3)", pa.string(), ["abc", None]),
    "day": ("date", pa.date32(), [date(1, 1, 1), date(1969, 12, 31), date(9999, 12, 31), None]),
    "at": (
        "timestamp",
        pa.timestamp("us"),
        [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999), None],
    ),
    "instant": (
        "timestamptz",
        pa.timestamp("us", tz="UTC"),
        [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, UTC), None],
    ),
    "clock": ("time", pa.time64("us"), [time(0), time(23, 59, 59, 999999), None]),
    "zoned": ("timetz", pa.string(), ["01:02:03.000004+00", None]),
    "bytes": ("varbyte(64)", pa.binary(), [b"", b"\x00\xff\\", None]),
    "document": ("super", pa.string(), ['{"a":[1,2.5,null,"é"]}', '"text"', "true", None]),
}
LONGEST = max(len(values) for _, _, values in TYPES.values())


def every_type() -> pa.Table:
    columns = {
        name: pa.array((values + [None] * LONGEST)[:LONGEST], kind)
        for name, (_, kind, values) in TYPES.items()
    }
    return pa.table({"n": pa.array(range(LONGEST), pa.int32()), **columns})


async def test_every_type_comes_back(warehouse: RedshiftDataApi) -> None:
    table = every_type()
    declared = ", ".join(f'"{name}" {sql}' for name, (sql, _, _) in TYPES.items())
    await warehouse.run(f"create table every_type (n integer, {declared})")
    copied = await warehouse.copy_into("every_type", table)
    assert (copied.rows, copied.parts) == (LONGEST, 1)
    back = await warehouse.unload_to_arrow("select * from every_type")
    assert back.schema == table.schema
    # As texts, in which NaN is equal to itself.
    assert repr(back.sort_by("n").to_pylist()) == repr(table.to_pylist())
    # What the engine itself holds, by another way.
    plain = await rows(
        warehouse, "select price, words, day, at, instant, clock, bytes from every_type where n = 1"
    )
    assert plain == [
        tuple(TYPES[name][2][1] for name in ("price", "words", "day", "at", "instant", "clock", "bytes"))
    ]


async def test_a_table_is_created_from_the_schema(warehouse: RedshiftDataApi) -> None:
    table = every_type().drop(["document"])
    copied = await warehouse.copy_into("public.made", table, create=True, types={"code": "varchar(40)"})
    assert copied.rows == LONGEST
    described = await warehouse.describe_table("made", schema="public")
    found = {column.name: (column.type_name, column.precision) for column in described.columns}
    assert found["code"] == ("varchar", 40)
    assert found["least"] == ("numeric", 38)
    assert found["instant"][0] == "timestamptz"
    back = await warehouse.unload_to_arrow("select * from made")
    assert repr(back.sort_by("n").to_pylist()) == repr(table.to_pylist())


async def test_what_pandas_holds_comes_back(warehouse: RedshiftDataApi) -> None:
    frame = pd.DataFrame(
        {
            "n": [1, 2, 3],
            "code": pd.Series([7, None, 2**62], dtype="Int64"),
            "flag": pd.Series([True, None, False], dtype="boolean"),
            "ratio": [0.1, math.nan, -math.inf],
            "name": ["é", None, ""],
            "kind": pd.Categorical(["a", None, "b"]),
            "price": [Decimal("1.50"), None, Decimal("-0.01")],
            "day": [date(2020, 2, 29), None, date(1, 1, 1)],
            "at": pd.to_datetime(["2020-01-02 03:04:05.000006", None, "1969-12-31 23:59:59.999999"]),
            "instant": pd.to_datetime(["2020-03-29 02:30", None, "2020-10-25 02:30"], utc=True).tz_convert(
                "Europe/Berlin"
            ),
        }
    )
    await warehouse.copy_into("held", frame, create=True)
    back = (await warehouse.unload_to_pandas("select * from held", dtype_backend="numpy")).sort_values("n")
    for name in frame:
        given = [None if pd.isna(value) else value for value in frame[name]]
        assert [None if pd.isna(value) else value for value in back[name]] == given, name


@pytest.mark.parametrize(
    ("column", "values", "loaded"),
    [
        ("smallint", pa.array([1, None], pa.int64()), [1, None]),
        ("bigint", pa.array([1.0, None]), [1, None]),
        ("numeric(5,2)", pa.array([1, None], pa.int8()), [Decimal("1.00"), None]),
        ("numeric(5,2)", pa.array([0.1, None]), [Decimal("0.10"), None]),
        ("numeric(5,2)", pa.array([Decimal("1.5"), None]), [Decimal("1.50"), None]),
        ("double precision", pa.array([2**53, None]), [float(2**53), None]),
        ("timestamp", pa.array([date(2020, 1, 2), None]), [datetime(2020, 1, 2), None]),
        ("date", pa.array([datetime(2020, 1, 2), None], pa.timestamp("ns")), [date(2020, 1, 2), None]),
        (
            "timestamptz",
            pa.array([datetime(2020, 1, 2, 12, tzinfo=UTC), None], pa.timestamp("ms", tz="Europe/Berlin")),
            [datetime(2020, 1, 2, 12, tzinfo=UTC), None],
        ),
        ("varchar(9)", pa.array(["x", "y", None, "x"]).dictionary_encode(), ["x", "y", None, "x"]),
        ("super", pa.array([{"a": [1, None]}, None]), ['{"a":[1,null]}', None]),
        ("integer", pa.nulls(2), [None, None]),
    ],
)
async def test_what_is_exact_is_converted(
    warehouse: RedshiftDataApi, column: str, values: pa.Array, loaded: list[Any]
) -> None:
    await warehouse.run(f"create table t (n integer, a {column})")
    await warehouse.copy_into("t", pa.table({"n": range(len(values)), "a": values}))
    assert [value for (value,) in await rows(warehouse, "select a from t order by n")] == loaded


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("smallint", pa.array([2**15]), "Column a does not fit smallint: Integer value 32768 not in range"),
        ("integer", pa.array([1.5]), "does not fit integer: Float value 1.500000 was truncated"),
        ("real", pa.array([0.1]), "does not fit real: 0.1 would become 0.10000000149011612"),
        ("numeric(5,2)", pa.array([1.005]), "does not fit numeric(5,2): 1.005 would become 1.00"),
        ("numeric(5,2)", pa.array([Decimal("1.005")]), "does not fit numeric(5,2)"),
        ("numeric(5,2)", pa.array([1000]), "does not fit numeric(5,2)"),
        ("double precision", pa.array([2**53 + 1]), "does not fit double precision"),
        ("varchar(3)", pa.array(["éé"]), "has a value of 4 bytes; varchar(3) takes 3"),
        ("char(9)", pa.array(["é"]), "takes ASCII only: make it varchar"),
        ("varbyte(1)", pa.array([b"ab"]), "has a value of 2 bytes; varbyte(1) takes 1"),
        (
            "timestamp",
            pa.array([1], pa.timestamp("ns")),
            "does not fit timestamp: Casting from timestamp[ns]",
        ),
        ("date", pa.array([datetime(2020, 1, 2, 3)]), "does not fit date: 2020-01-02 03:00:00 would become"),
        (
            "timestamptz",
            pa.array([datetime(2020, 1, 2)]),
            "is timestamptz, the frame's is timestamp[us]: convert",
        ),
        ("varchar(9)", pa.array([1]), "is varchar(9), the frame's is int64: convert it first"),
        ("super", pa.array([[math.inf]]), "inf is no number of JSON"),
        ("super", pa.array([[date(2020, 1, 2)]]), "SUPER holds no date"),
        ("integer", pa.array([1], pa.duration("s")), "the frame's is duration[s]: convert it first"),
    ],
)
async def test_what_would_lose_anything_is_refused(
    warehouse: RedshiftDataApi, column: str, values: pa.Array, words: str
) -> None:
    await warehouse.run(f"create table t (a {column})")
    with pytest.raises(FrameError) as refused:
        await warehouse.copy_into("t", pa.table({"a": values}))
    assert words in str(refused.value)
    assert await rows(warehouse, "select count(*) from t") == [(0,)]


async def test_types_that_no_file_carries_are_named(warehouse: RedshiftDataApi) -> None:
    with pytest.raises(
        FrameError, match="Column gap is INTERVAL, which Parquet files cannot carry: cast it to varchar"
    ):
        await warehouse.unload_to_arrow("select interval '1 day' as gap")
    with pytest.raises(FrameError, match="holds only NULL: name its type"):
        await warehouse.copy_into("t", pa.table({"a": pa.nulls(1)}), create=True)
