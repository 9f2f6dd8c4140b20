"""UNLOAD to the stand-in's S3, through the Data API."""

import gzip
import json

import pytest

from tests.local_aws.transfer_bucket import Bucket, finished

QUERY = "select 1 as a, 'x|\"y\",z' as b, null::varchar(3) as c, true as d, date '2020-01-02' as e, 1.50 as f"


@pytest.mark.parametrize(
    ("options", "key", "content"),
    [
        ("", "out/0000_part_00", '1|x|"y",z||t|2020-01-02|1.50\n'),
        ("parallel off", "out/000", '1|x|"y",z||t|2020-01-02|1.50\n'),
        ("delimiter ';' null as 'NULL'", "out/0000_part_00", '1;x|"y",z;NULL;t;2020-01-02;1.50\n'),
        ("addquotes escape", "out/0000_part_00", '"1"|"x\\|\\"y\\",z"||"t"|"2020-01-02"|"1.50"\n'),
        ("csv header", "out/0000_part_00", 'a,b,c,d,e,f\n1,"x|""y"",z",,t,2020-01-02,1.50\n'),
        ("csv extension 'csv' parallel off", "out/000.csv", '1,"x|""y"",z",,t,2020-01-02,1.50\n'),
        (
            "format as json",
            "out/0000_part_00.json",
            '{"a":1,"b":"x|\\"y\\",z","c":null,"d":true,"e":"2020-01-02","f":1.50}\n',
        ),
    ],
)
def test_formats(bucket: Bucket, options: str, key: str, content: str) -> None:
    finished(bucket.unload(QUERY, options), 1)
    assert {name: bucket.get(name).decode() for name in bucket.names()} == {key: content}


def test_compressed_and_with_a_manifest(bucket: Bucket) -> None:
    finished(bucket.unload("select 1 as a", "csv gzip manifest"), 1)
    assert bucket.names() == ["out/0000_part_00.gz", "out/manifest"]
    assert gzip.decompress(bucket.get("out/0000_part_00.gz")) == b"1\n"
    url = f"s3://{bucket.name}/out/0000_part_00.gz"
    assert json.loads(bucket.get("out/manifest")) == {"entries": [{"url": url}]}


def test_an_occupied_destination(bucket: Bucket) -> None:
    bucket.put({"out/old": "x"})
    failed = bucket.unload("select 1")
    assert "Specified unload destination on S3 is not empty" in failed["Error"]
    finished(bucket.unload("select 1", "allowoverwrite"), 1)
    assert bucket.names() == ["out/0000_part_00", "out/old"]
    finished(bucket.unload("select 2", "cleanpath"), 1)
    assert bucket.names() == ["out/0000_part_00"]


def test_large_files_are_split_between_rows(bucket: Bucket) -> None:
    bucket.statements.run(
        "create table t as with recursive n (a) as (select 1 union all select a + 1 from n where a < 120000)"
        " select a, repeat('x', 100) as b from n"
    )
    finished(bucket.unload("select * from t order by a", "maxfilesize 5 mb parallel off"), 120_000)
    assert bucket.names() == ["out/000", "out/001", "out/002"]
    joined = b"".join(bucket.get(key) for key in bucket.names())
    assert joined == b"".join(b"%d|%s\n" % (number, b"x" * 100) for number in range(1, 120_001))
    assert all(5 << 20 <= len(bucket.get(key)) <= 6 << 20 for key in bucket.names()[:-1])


@pytest.mark.parametrize("options", ["csv", "escape addquotes", "json", "parquet", "csv gzip", "csv zstd"])
def test_what_is_unloaded_can_be_copied(bucket: Bucket, options: str) -> None:
    run, rows = bucket.statements.run, bucket.statements.rows
    run("create table t (a int, b varchar(99), c decimal(9, 2), d timestamp, e bool, f float8)")
    run(
        "insert into t values"
        " (1, 'tab\\t, quote\" pipe| back\\\\slash\\nline é', 1.25, '2020-01-02 03:04:05', true, 0.1),"
        " (2, 'plain', -3, '1999-12-31', false, 1e300), (3, null, null, null, null, null)"
    )
    run("create table u (like t)")
    finished(bucket.unload("select * from t", options), 3)
    back = {"escape addquotes": "escape removequotes emptyasnull", "json": "json 'auto'"}.get(
        options, options
    )
    copied = bucket.copy(f"{back} emptyasnull" if "csv" in back else back, "out/", "u")
    assert copied["Status"] == "FINISHED", rows("select * from stl_load_errors")
    assert rows("select * from u order by a") == rows("select * from t order by a")


def test_queries_are_of_redshifts_dialect_and_counted(bucket: Bucket) -> None:
    batch = bucket.statements.batch(
        f"unload ('select top 1 nvl(null, ''a'') as x') to 's3://{bucket.name}/out/' iam_role default csv",
        "select pg_last_unload_count()",
    )
    assert batch["Status"] == "FINISHED", batch.get("Error")
    assert bucket.statements.pages(f"{batch['Id']}:2", "Records") == [[{"longValue": 1}]]
    assert bucket.get("out/0000_part_00") == b"a\n"


def test_a_failing_query_leaves_nothing(bucket: Bucket) -> None:
    failed = bucket.unload("select 1 / (3 - a) from generate_series(1, 5) as a")
    assert failed["Error"].startswith("ERROR: division by zero")
    assert bucket.names() == []


@pytest.mark.parametrize(
    ("options", "key", "content"),
    [
        ("", "out/0000_part_00", '{"b":[1.50]}|"x"|\n'),
        ("json", "out/0000_part_00.json", '{"o":{"b":[1.50]},"s":"x","n":null}\n'),
    ],
)
def test_super_is_written_as_json(bucket: Bucket, options: str, key: str, content: str) -> None:
    query = "select json_parse('{\"b\": [1.50]}') as o, 'x'::super as s, null::super as n"
    finished(bucket.unload(query, options), 1)
    assert bucket.get(key).decode() == content
