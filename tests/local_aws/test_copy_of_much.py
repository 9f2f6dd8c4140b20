"""COPY of many rows: that it takes them, and that it can be stopped."""

import gzip

from tests.local_aws.transfer_bucket import ROLE, Bucket, finished
from tests.statements import eventually


def test_a_million_rows(bucket: Bucket) -> None:
    lines = [
        f"{number},customer {number % 1000},{number % 97}.{number % 100:02},2020-01-{number % 28 + 1:02}\n"
        for number in range(100_000)
    ]
    bucket.put({f"in/{part}.csv.gz": gzip.compress("".join(lines).encode(), 1) for part in range(10)})
    bucket.statements.run("create table t (id int, name varchar(20), price decimal(9, 2), sold date)")
    finished(bucket.copy("csv gzip", "in/"), 1_000_000)
    assert bucket.statements.rows("select count(*), count(distinct id) from t") == [[1_000_000, 100_000]]


def test_a_cancelled_copy_stops_and_loads_nothing(bucket: Bucket) -> None:
    bucket.put({f"in/{part}": "1,some text to load\n" * 1_000_000 for part in range(6)})
    bucket.statements.run("create table t (a int, b varchar(50))")
    started = bucket.statements.start(f"copy t from 's3://{bucket.name}/in/' {ROLE} csv")
    eventually(lambda: bucket.statements.api.describe_statement(Id=started)["Status"] == "STARTED")
    # Rows have begun to arrive once the table's file has grown.
    eventually(lambda: bucket.statements.rows("select pg_catalog.pg_relation_size('t') > 0") == [[True]])
    bucket.statements.api.cancel_statement(Id=started)
    ended = bucket.statements.ended(started)
    assert (ended["Status"], ended["Error"]) == ("ABORTED", "ERROR: Query cancelled on user's request")
    assert bucket.statements.rows("select count(*) from t") == [[0]]


def test_a_copy_stops_reading_at_its_last_error(bucket: Bucket) -> None:
    bucket.put({"in/1": "x\n" * 50_000, "in/2": gzip.compress(b"never read: no text")})
    bucket.statements.run("create table t (a int)")
    failed = bucket.copy("csv maxerror 3", "in/")
    assert failed["Error"].startswith("ERROR: Load into table 't' failed.")
    assert bucket.statements.rows("select count(*) >= 3, max(line_number) < 50000 from stl_load_errors") == [
        [True, True]
    ]


def test_a_copy_whose_session_is_ended_fails(bucket: Bucket) -> None:
    bucket.put({f"in/{part}": "1\n" * 1_000_000 for part in range(6)})
    bucket.statements.run("create table t (a int)")
    started = bucket.statements.start(f"copy t from 's3://{bucket.name}/in/' {ROLE} csv")
    eventually(lambda: bucket.statements.rows("select pg_catalog.pg_relation_size('t') > 0") == [[True]])
    pid = bucket.statements.api.describe_statement(Id=started)["RedshiftPid"]
    bucket.statements.run(f"select pg_terminate_backend({pid})")
    ended = bucket.statements.ended(started)
    assert ended["Status"] == "FAILED"
    assert "stand-in failed" not in ended["Error"]
    assert bucket.statements.rows("select count(*) from t") == [[0]]
