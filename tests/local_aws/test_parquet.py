"""Parquet in COPY and UNLOAD: exactly the table's types, by position, and every value as it is."""

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.local_aws.transfer_bucket import Bucket, finished

TABLE = (
    "create table t (i int, j bigint, k smallint, d decimal(9, 2), s varchar(9), b bool, f float8, r real,"
    " day date, at timestamp, v varbyte(4), o super)"
)
ROW = {
    "i": pa.array([1, None], pa.int32()),
    "j": pa.array([1 << 60, None], pa.int64()),
    "k": pa.array([-5, None], pa.int16()),
    "d": pa.array([Decimal("-1.20"), None], pa.decimal128(9, 2)),
    "s": pa.array(["é\t\\N\n", None]),
    "b": pa.array([True, None]),
    "f": pa.array([0.1, None], pa.float64()),
    "r": pa.array([0.5, None], pa.float32()),
    "day": pa.array([date(1, 1, 1), None]),
    "at": pa.array([datetime(9999, 12, 31, 23, 59, 59, 999999), None], pa.timestamp("us")),
    "v": pa.array([b"\x00\xff", None]),
    "o": pa.array(['{"a": [1, "x"]}', None]),
}


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, **options)
    return file.getvalue()


@pytest.mark.parametrize("int96", [True, False])
def test_every_type_comes_back(bucket: Bucket, int96: bool) -> None:
    bucket.statements.run(TABLE)
    nested = pa.array([{"a": [1, 2]}, None])
    content = {f"other_{name}": values for name, values in ROW.items()} | {"other_o": nested}
    bucket.put({"in/1.parquet": parquet(content, use_deprecated_int96_timestamps=int96)})
    finished(bucket.copy("format as parquet serializetojson", "in/"), 2)
    finished(bucket.unload("select * from t", "parquet"), 2)
    file = io.BytesIO(bucket.get("out/0000_part_00.parquet"))
    back = pq.read_table(file).to_pydict()
    assert back.pop("o") == ['{"a":[1,2]}', None]
    assert back == {name: values.to_pylist() for name, values in ROW.items() if name != "o"}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("int", pa.array([1], pa.int64())),
        ("bigint", pa.array([1], pa.int32())),
        ("varchar(9)", pa.array([1], pa.int32())),
        ("int", pa.array(["1"])),
        ("float8", pa.array([1], pa.float32())),
        ("date", pa.array([datetime(2020, 1, 1)], pa.timestamp("us"))),
        ("timestamp", pa.array([datetime(2020, 1, 1)], pa.timestamp("ns"))),
        ("decimal(9, 2)", pa.array([Decimal("1.5")], pa.decimal128(9, 1))),
        ("int", pa.array([[1]])),
    ],
)
def test_other_types_are_refused(bucket: Bucket, column: str, values: Any) -> None:
    bucket.statements.run(f"create table t (a {column})")
    bucket.put({"in/1.parquet": parquet({"a": values})})
    failed = bucket.copy("parquet", "in/")
    assert "has an incompatible Parquet schema for column 'a'" in failed["Error"]
    assert bucket.statements.rows("select count(*) from t") == [[0]]


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("decimal(18, 2)", pa.array([Decimal("1.50")], pa.decimal128(38, 2)), "Expecting: 8 len in file: 16"),
        ("varchar(3)", pa.array(["éé"]), "is longer than the length defined in the table. Table: 3, Data: 4"),
        ("char(9)", pa.array(["é"]), "Multibyte character not supported for CHAR"),
        ("timestamptz", pa.array([datetime(2020, 1, 1, tzinfo=UTC)]), "does not support Parquet into"),
        ("time", pa.array([time(1)]), "does not support Parquet into"),
        ("super", pa.array([[1]]), "SERIALIZETOJSON"),
    ],
)
def test_what_does_not_fit_is_refused(bucket: Bucket, column: str, values: Any, words: str) -> None:
    bucket.statements.run(f"create table t (a {column})")
    bucket.put({"in/1.parquet": parquet({"a": values})})
    assert words in bucket.copy("parquet", "in/")["Error"]


def test_the_number_of_columns_has_to_match(bucket: Bucket) -> None:
    bucket.statements.run("create table t (a int, b int)")
    bucket.put({"in/1.parquet": parquet({"a": pa.array([1], pa.int32())})})
    assert "Unmatched number of columns" in bucket.copy("parquet", "in/")["Error"]
    finished(bucket.statements.run(bucket_copy(bucket, "t (b)")), 1)
    assert bucket.statements.rows("select * from t") == [[None, 1]]


def bucket_copy(bucket: Bucket, table: str) -> str:
    return f"copy {table} from 's3://{bucket.name}/in/' iam_role default parquet"


def test_a_null_that_the_table_does_not_take(bucket: Bucket) -> None:
    bucket.statements.run("create table t (a int not null)")
    bucket.put({"in/1.parquet": parquet({"a": pa.array([1, None], pa.int32())})})
    assert bucket.copy("parquet", "in/")["Status"] == "FAILED"
    assert bucket.statements.rows("select count(*) from t") == [[0]]


def test_many_rows_of_text_with_escapes(bucket: Bucket) -> None:
    bucket.statements.run(
        "create table t as with recursive i (n) as (select 1 union all select n + 1 from i where n < 50000)"
        r" select n, 'a\\b' || chr(9) || n || chr(10) as s, n % 3 = 0 as b from i"
    )
    finished(bucket.unload("select * from t", "parquet"), 50_000)
    table = pq.read_table(io.BytesIO(bucket.get("out/0000_part_00.parquet")))
    assert table["s"][41_999].as_py() == "a\\b\t42000\n"
    bucket.statements.run("create table u (like t)")
    finished(bucket.copy("parquet", "out/", "u"), 50_000)
    assert bucket.statements.rows("select count(*) from (select * from t except select * from u) d") == [[0]]
