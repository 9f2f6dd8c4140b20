"""COPY from the stand-in's S3, through the Data API."""

import bz2
import gzip
from typing import Any

import pyarrow
import pytest

from tests.local_aws.transfer_bucket import Bucket, finished

TEXTS: list[tuple[str, str, str | bytes, list[list[Any]]]] = [
    ("csv", "a int, b varchar(9)", '1,"x, ""y"""\n2,"two\nlines"\n', [[1, 'x, "y"'], [2, "two\nlines"]]),
    ("csv ignoreheader 1", "a int, b varchar(9)", "a,b\r\n1,x\r\n", [[1, "x"]]),
    ("csv delimiter ';' quote as '%'", "a int, b varchar(9)", "1;%x;y%\n", [[1, "x;y"]]),
    ("format as csv null as 'NULL'", "a int, b varchar(9)", "1,NULL\n2,\n", [[1, None], [2, ""]]),
    ("csv", "a int, b varchar(9)", ",\\N\n", [[None, None]]),
    ("csv emptyasnull", "a int, b varchar(9)", "1,\n", [[1, None]]),
    ("csv blanksasnull", "a int, b varchar(9)", "1,   \n2, x\n", [[1, None], [2, " x"]]),
    ("csv trimblanks", "a int, b varchar(9)", "1, x  \n", [[1, " x"]]),
    ("csv truncatecolumns", "a int, b varchar(3)", "1,abcdef\n2,éé\n", [[1, "abc"], [2, "é"]]),
    ("csv fillrecord", "a int, b varchar(9), c int", "1\n", [[1, "", None]]),
    ("csv ignoreblanklines", "a int", "1\n\n2\n", [[1], [2]]),
    ("csv acceptinvchars", "a int, b varchar(9)", b"1,x\xffy\n", [[1, "x?y"]]),
    ("csv acceptinvchars as '^'", "a int, b varchar(9)", b"1,x\xff\xfey\n", [[1, "x^^y"]]),
    ("csv dateformat 'DD.MM.YYYY'", "a date", "31.12.2020\n", [["2020-12-31"]]),
    ("csv dateformat 'auto'", "a date", "2020-12-31\n12/30/2020\n", [["2020-12-31"], ["2020-12-30"]]),
    ("csv timeformat 'auto'", "a timestamp", "2020-12-31T10:00:00\n", [["2020-12-31 10:00:00"]]),
    ("csv timeformat 'epochsecs'", "a timestamp", "0\n", [["1970-01-01 00:00:00"]]),
    ("csv timeformat 'epochmillisecs'", "a timestamp", "1500\n", [["1970-01-01 00:00:01.5"]]),
    (
        "csv timeformat 'MM/DD/YYYY HH:MI:SS AM'",
        "a timestamp",
        "01/02/2020 01:02:03 PM\n",
        [["2020-01-02 13:02:03"]],
    ),
    ("csv", "a decimal(5, 2)", "1.239\n-1.239\n", [["1.23"], ["-1.23"]]),
    ("csv roundec", "a decimal(5, 2)", "1.239\n", [["1.24"]]),
    ("csv encoding utf16", "a int, b varchar(9)", "1,é\n".encode("utf-16"), [[1, "é"]]),
    ("", "a int, b varchar(9)", "1|x\n2|\n3|\\N|\n", [[1, "x"], [2, ""], [3, None]]),
    ("delimiter '\\t'", "a int, b varchar(9)", "1\tx\\y\n", [[1, "x\\y"]]),
    (
        "escape",
        "a int, b varchar(9)",
        "1|x\\|y\\\\\n2|a\\\nb\n3|\\N\n",
        [[1, "x|y\\"], [2, "a\nb"], [3, None]],
    ),
    ("removequotes delimiter ','", "a int, b varchar(9)", "'1',\"x,y\"\n2,'it\n", [[1, "x,y"], [2, "'it"]]),
    ("fixedwidth 'a:2,b:3'", "a int, b varchar(9)", " 1x  \n22yyy\n", [[1, "x"], [22, "yyy"]]),
    ("csv gzip", "a int", gzip.compress(b"1\n2\n", mtime=0), [[1], [2]]),
    ("csv bzip2", "a int", bz2.compress(b"1\n2\n"), [[1], [2]]),
    ("json 'auto'", "a int, b varchar(9)", '{"b": "x\\ty", "a": 1}\n{"a": 2}', [[1, "x\ty"], [2, None]]),
    (
        "csv",
        "a int, s super",
        '1,"{""b"": [2.50]}"\n2,"""x"""\n3,\n',
        [[1, '{"b":[2.50]}'], [2, '"x"'], [3, None]],
    ),
    ("json 'auto'", "a varchar(99), s super", '{"s": {"é": "1"}, "a": [1, "2"]}', [['[1,"2"]', '{"é":"1"}']]),
    ("json 'auto'", "s super", '{"s": [5]}\n{"s": 5}', [["5"], ["[5]"]]),
    ("json 'noshred'", "s super", '{"b": 1, "a": 2.0}\n{}', [['{"b":1,"a":2.0}'], ["{}"]]),
    (
        "json 'auto'",
        "a decimal(20, 2), b bool",
        '[{"a": 12345678901234567.89, "b": true}]',
        [["12345678901234567.89", True]],
    ),
    (
        "json 'auto ignorecase'",
        "a int, b varchar(40)",
        '{"A": 1, "B": {"c": [1, "é"]}}',
        [[1, '{"c":[1,"é"]}']],
    ),
    (
        "format json as 'auto'",
        "a int, b varchar(9)",
        '{"a": 1, "b": ""}{"a": 2, "b": null}',
        [[1, ""], [2, None]],
    ),
]


@pytest.mark.parametrize(("options", "columns", "content", "rows"), TEXTS)
def test_formats_and_options(
    bucket: Bucket, options: str, columns: str, content: str | bytes, rows: list[list[Any]]
) -> None:
    bucket.statements.run(f"create table t ({columns})")
    bucket.put({"in": content})
    finished(bucket.copy(options), len(rows))
    assert bucket.statements.rows("select * from t order by 1") == sorted(rows, key=lambda row: str(row[0]))


def test_zstd(bucket: Bucket) -> None:
    bucket.statements.run("create table t (a int)")
    bucket.put({"in": zstd_file(b"1\n2\n")})
    finished(bucket.copy("csv zstd"), 2)


def zstd_file(data: bytes) -> bytes:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(sink, "zstd") as writer:
        writer.write(data)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def test_json_paths(bucket: Bucket) -> None:
    bucket.statements.run("create table t (a int, b varchar(9), c int)")
    bucket.put(
        {
            "paths": '{"jsonpaths": ["$.x.y", "$[\'b c\']", "$.l[1]"]}',
            "in": '{"x": {"y": 1}, "b c": "two", "l": [1, 2]}{"x": 5, "l": []}',
        }
    )
    finished(bucket.copy(f"json 's3://{bucket.name}/paths'"), 2)
    assert bucket.statements.rows("select * from t order by a") == [[1, "two", 2], [None, None, None]]
    bucket.put({"paths": '{"jsonpaths": ["$.x"]}'})
    assert "Number of jsonpaths" in bucket.copy(f"json 's3://{bucket.name}/paths'")["Error"]


def test_prefixes_and_manifests(bucket: Bucket) -> None:
    bucket.statements.run("create table t (a int)")
    bucket.put({"in/1": "1\n", "in/2": "2\n", "in/": "", "other": "9\n"})
    finished(bucket.copy("csv", "in/"), 2)
    listed: list[dict[str, Any]] = [
        {"url": f"s3://{bucket.name}/in/1", "mandatory": True},
        {"url": f"s3://{bucket.name}/none"},
    ]
    bucket.put({"list": bucket.manifest(*listed)})
    finished(bucket.copy("csv manifest", "list"), 1)
    bucket.put({"list": bucket.manifest(listed[0], {**listed[1], "mandatory": True})})
    assert "NoSuchKey" in bucket.copy("csv manifest", "list")["Error"]
    assert "The specified S3 prefix 'nowhere' does not exist" in bucket.copy("csv", "nowhere")["Error"]
    assert bucket.statements.rows("select count(*) from t") == [[3]]


def test_column_lists_defaults_and_identities(bucket: Bucket) -> None:
    bucket.statements.run("create table t (id int identity(10, 1), a int default 7, b varchar(9))")
    bucket.put({"in": "x\n", "two": "1,y\n", "three": "99,1,z\n"})
    finished(bucket.copy("csv", table="t (b)"))
    finished(bucket.copy("csv", "two"))
    finished(bucket.copy("csv explicit_ids", "three"))
    assert bucket.statements.rows("select id, a, b from t order by b") == [
        [10, 7, "x"],
        [11, 1, "y"],
        [99, 1, "z"],
    ]
    assert "EXPLICIT_IDS" in bucket.copy("csv", "three", "t (id, a, b)")["Error"]
    assert 'column "nope"' in bucket.copy("csv", table="t (nope)")["Error"]


def test_copy_is_part_of_its_transaction(bucket: Bucket) -> None:
    bucket.put({"in": "1\n2\n", "bad": "x\n"})
    copy = f"copy t from 's3://{bucket.name}/in' iam_role default csv"
    statements = bucket.statements
    statements.batch("create table t (a int)", "insert into t values (9)")
    done = statements.batch("truncate t", "begin", copy, "select pg_last_copy_count()", "rollback")
    assert done["Status"] == "FINISHED", done.get("Error")
    assert [part["ResultRows"] for part in done["SubStatements"]][2:4] == [2, 1]
    assert statements.pages(f"{done['Id']}:4", "Records") == [[{"longValue": 2}]]
    assert statements.rows("select count(*) from t") == [[0]]
    failed = statements.batch("insert into t values (1)", copy.replace("/in", "/bad"), "select 1")
    assert failed["Error"].startswith("Query #2 failed with ERROR: Load into table 't' failed.")
    assert statements.rows("select count(*) from t") == [[0]]


def test_what_is_accepted_without_effect(bucket: Bucket) -> None:
    bucket.statements.batch("create table t (a int)", "create schema s", 'create table s."Ta" (a int)')
    bucket.put({"in": "1\n"})
    finished(bucket.copy("csv compupdate off statupdate on region 'eu-west-1' comprows 1000"), 1)
    finished(bucket.copy("csv", table='s."Ta"'), 1)
    url = f"'s3://{bucket.name}/in'"
    finished(
        bucket.statements.run(
            f"copy t from {url} with credentials as 'aws_access_key_id=a;aws_secret_access_key=hunter2' csv;"
        )
    )
    finished(bucket.statements.run(f"copy t from {url} access_key_id 'a' secret_access_key 'hunter2' csv"))
    assert bucket.statements.rows("select count(*) from stl_query where querytxt like '%hunter' || '2%'") == [
        [0]
    ]


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("copy t from 's3://{b}/in' csv", "IAM_ROLE, CREDENTIALS or ACCESS_KEY_ID is required"),
        ("copy t from 's3://{b}/in' iam_role default avro 'auto'", "local stand-in does not support AVRO"),
        ("copy t from 's3://{b}/in' iam_role default csv noload", "local stand-in does not support NOLOAD"),
        (
            "copy t from 'emr://x/y' iam_role default csv",
            "local stand-in does not support sources other than S3",
        ),
        ("copy t from 's3://no-such-bucket/in' iam_role default csv", "NoSuchBucket"),
        ("copy nothing from 's3://{b}/in' iam_role default csv", 'relation "nothing" does not exist'),
        ("copy t from 's3://{b}/in' iam_role default csv hurry", 'syntax error at or near "hurry"'),
        ("copy t from 's3://{b}/in' iam_role default csv gzip", "cannot be read"),
        (
            "unload ('select 1') to 's3://{b}/o' iam_role default partition by (a)",
            "does not support PARTITION",
        ),
    ],
)
def test_what_is_refused(bucket: Bucket, sql: str, error: str) -> None:
    bucket.statements.run("create table t (a int)")
    bucket.put({"in": "1\n"})
    failed = bucket.statements.run(sql.format(b=bucket.name))
    assert failed["Status"] == "FAILED"
    assert error in failed["Error"]
