"""Faults on order, and the history that tells what really happened."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from local_aws import Admin, Served
from local_aws.admin.faults import KINDS, Fault, Faults
from local_aws.wire.service_errors import ApiError
from tests.statements import CLUSTER, Statements, eventually


def test_every_kind_is_in_the_readme() -> None:
    from pathlib import Path

    import local_aws

    readme = (Path(local_aws.__file__).parent / "README.md").read_text()
    assert [kind for kind in KINDS if f"`{kind}`" not in readme] == []


def test_every_kind_is_put_to_work_by_a_test() -> None:
    from pathlib import Path

    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))
    assert [kind for kind in KINDS if f'"{kind}"' not in tests] == []


def test_the_same_seed_strikes_at_the_same_calls() -> None:
    def pattern(seed: int) -> list[bool]:
        fault = Fault("throttle", probability=0.5, seed=seed)
        return [fault.strikes() for _ in range(50)]

    assert pattern(1) == pattern(1) != pattern(2)
    assert 10 < sum(pattern(1)) < 40


def test_a_count_ends_a_fault() -> None:
    faults = Faults()
    faults.add({"kind": "throttle", "operation": "DescribeStatement", "count": 2})
    hits = [faults.hit("throttle", operation) for operation in ("ListTables", *["DescribeStatement"] * 3)]
    assert [hit is not None for hit in hits] == [False, True, True, False]


def test_a_fault_of_one_access_key_strikes_no_other(
    stand_in: Served, statements: Statements, admin: Admin
) -> None:
    admin.add_fault("error", code="ExpiredTokenException", access_key_id="other")
    assert statements.run("select 1")["Status"] == "FINISHED"
    other = boto3.client(
        "redshift-data",
        endpoint_url=stand_in.url,
        region_name="us-east-1",
        aws_access_key_id="other",
        aws_secret_access_key="secret",
    )
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        other.list_statements()
    other.close()


@pytest.mark.parametrize("wanted", [{"kind": "nonsense"}, {"kind": "throttle", "colour": "red"}, {}])
def test_a_fault_that_cannot_be(wanted: dict[str, Any]) -> None:
    with pytest.raises(ApiError):
        Faults().add(wanted)


@pytest.mark.parametrize(
    ("kind", "code", "http"),
    [
        ("throttle", "ThrottlingException", 400),
        ("wrapped_throttle", "ValidationException", 400),
        ("server_error", "InternalServerException", 500),
    ],
)
def test_refusals_do_no_work(statements: Statements, admin: Admin, kind: str, code: str, http: int) -> None:
    admin.add_fault(kind, operation="ExecuteStatement", count=1)
    with pytest.raises(ClientError) as refused:
        statements.start("create table t (n int)")
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == http
    assert "Throttling" in str(refused.value) or code == "InternalServerException"
    assert statements.run("select * from t")["Status"] == "FAILED"
    assert admin.calls(operation="ExecuteStatement")[0]["outcome"] == code
    assert admin.faults()[0]["hits"] == 1


def test_boto3_retries_a_server_error(stand_in: Served, admin: Admin) -> None:
    admin.add_fault("server_error", operation="ListStatements", count=2)
    client = boto3.client(
        "redshift-data",
        endpoint_url=stand_in.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
    )
    client.list_statements()
    client.close()
    outcomes = [call["outcome"] for call in admin.calls(operation="ListStatements")]
    assert outcomes == ["InternalServerException", "InternalServerException", "ok"]


def test_a_connection_dropped_before_the_work(statements: Statements, admin: Admin) -> None:
    admin.add_fault("drop_before", operation="ExecuteStatement", count=1)
    with pytest.raises(ConnectionClosedError):
        statements.start("create table t (n int)")
    assert statements.run("select * from t")["Status"] == "FAILED"


def test_a_connection_dropped_after_the_work(statements: Statements, admin: Admin) -> None:
    admin.add_fault("drop_after", operation="ExecuteStatement", count=1)
    with pytest.raises(ConnectionClosedError):
        statements.start("create table t (n int)", StatementName="lost answer", ClientToken="lost")
    [run] = eventually(lambda: admin.executions(statement_name="lost answer"))
    assert run["status"] == "FINISHED"
    # The token finds the statement whose answer was lost, so nothing runs twice.
    assert statements.start("create table t (n int)", ClientToken="lost") == run["statement_id"]
    assert len(admin.executions(statement_id=run["statement_id"])) == 1


def test_a_forced_abort(statements: Statements, admin: Admin) -> None:
    admin.add_fault("abort", seconds=0.1, statement_name="doomed")
    assert statements.run("select pg_sleep(60)", StatementName="doomed")["Status"] == "ABORTED"


def test_a_forced_failure(statements: Statements, admin: Admin) -> None:
    admin.add_fault("fail", message="ERROR: 1023", count=1)
    done = statements.run("create table t (n int)")
    assert (done["Status"], done["Error"]) == ("FAILED", "ERROR: 1023")
    assert statements.run("select * from t")["Status"] == "FAILED"


def test_an_unknown_status(statements: Statements, admin: Admin) -> None:
    admin.add_fault("unknown_status", operation="DescribeStatement", count=1, status="RESUMING")
    started = statements.start("select 1")
    assert [statements.ended(started)["Status"] for _ in range(2)] == ["RESUMING", "FINISHED"]


def test_too_many_active_statements(statements: Statements, admin: Admin) -> None:
    running = statements.start("select pg_sleep(60)")
    fault = admin.add_fault("active_limit", limit=1)
    with pytest.raises(statements.api.exceptions.ActiveStatementsExceededException):
        statements.start("select 1")
    assert admin.faults()[0]["id"] == fault["id"]
    statements.api.cancel_statement(Id=running)
    assert statements.ended(running)["Status"] == "ABORTED"
    assert statements.run("select 1")["Status"] == "FINISHED"


def test_latency(statements: Statements, admin: Admin) -> None:
    admin.add_fault("latency", operation="DescribeStatement", seconds=0.3, count=1)
    statements.run("select 1")
    [call] = admin.calls(operation="DescribeStatement")
    assert call["ended_at"] - call["started_at"] >= 0.3


def test_a_call_that_is_held_goes_on_when_the_fault_is_removed(statements: Statements, admin: Admin) -> None:
    fault = admin.add_fault("latency", operation="ListStatements", seconds=3600)
    with ThreadPoolExecutor(1) as threads:
        listing = threads.submit(statements.api.list_statements)
        eventually(lambda: admin.calls(operation="ListStatements"))
        [held] = admin.calls(operation="ListStatements")
        assert held["outcome"] == "pending"
        admin.clear_faults()
        assert "Statements" in listing.result()
    assert fault["id"] not in [left["id"] for left in admin.faults()]


def test_the_history_tells_calls_from_executions(statements: Statements, admin: Admin) -> None:
    statements.run(
        "select :secret", StatementName="told", Parameters=[{"name": "secret", "value": "hunter2"}]
    )
    statements.batch("select 1", "select 1/0", "select 2", StatementName="told too")
    execute, describe = admin.calls(statement_name="told")[0], admin.calls(operation="DescribeStatement")
    assert (execute["operation"], execute["outcome"]) == ("ExecuteStatement", "ok")
    assert execute["client_token"]
    assert len(describe) == 2
    parts = admin.executions(statement_name="told too")
    assert [(part["statement_id"][-2:], part["sql"], part["status"]) for part in parts] == [
        (":1", "select 1", "FINISHED"),
        (":2", "select 1/0", "FAILED"),
    ]
    assert "hunter2" not in str(admin.calls()) + str(admin.executions())


def test_a_forgotten_token_makes_another_statement(admin: Admin, data_api: Any, database: str) -> None:
    request = {**CLUSTER, "Database": database, "Sql": "select 1", "ClientToken": "the same"}
    first = data_api.execute_statement(**request)["Id"]
    assert data_api.execute_statement(**request)["Id"] == first
    admin.add_fault("forget_token")
    second = data_api.execute_statement(**request, WaitTimeSeconds=30)
    admin.clear_faults()
    assert (second["Id"] != first, second["Status"]) == (True, "FINISHED")
    # Else its database could not be dropped.
    assert data_api.describe_statement(Id=first, WaitTimeSeconds=30)["Status"] == "FINISHED"


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("PutObject", lambda s3, bucket: s3.put_object(Bucket=bucket, Key="a/b", Body=b"content")),
        ("GetObject", lambda s3, bucket: s3.get_object(Bucket=bucket, Key="a/b")),
        ("HeadObject", lambda s3, bucket: s3.head_object(Bucket=bucket, Key="a/b")),
        ("ListObjectsV2", lambda s3, bucket: s3.list_objects_v2(Bucket=bucket)),
        (
            "DeleteObjects",
            lambda s3, bucket: s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a/b"}]}),
        ),
        ("DeleteObject", lambda s3, bucket: s3.delete_object(Bucket=bucket, Key="a/b")),
    ],
)
def test_a_fault_of_s3_strikes_the_operation_that_it_names(
    stand_in: Served, admin: Admin, operation: str, call: Callable[[Any, str], Any]
) -> None:
    session = boto3.Session("key", "secret", region_name="us-east-1")
    s3 = session.client("s3", endpoint_url=stand_in.url, config=Config(retries={"total_max_attempts": 1}))
    bucket = f"faults-{uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"")
    admin.add_fault("throttle", count=1)
    admin.add_fault("error", operation=operation, code="AccessDenied", message="not yours", count=1)
    admin.add_fault("drop_before", operation=operation, count=1)
    admin.add_fault("throttle", operation=operation, count=1)
    with pytest.raises(ConnectionClosedError):
        call(s3, bucket)
    with pytest.raises(ClientError, match=r"403|AccessDenied"):
        call(s3, bucket)
    with pytest.raises(ClientError, match=r"503|SlowDown"):
        call(s3, bucket)
    call(s3, bucket)
    assert [fault["hits"] for fault in admin.faults()] == [0, 1, 1, 1]
    s3.delete_object(Bucket=bucket, Key="a/b")
    s3.delete_bucket(Bucket=bucket)
    s3.close()


def test_an_object_is_there_when_the_answer_was_lost(stand_in: Served, admin: Admin) -> None:
    session = boto3.Session("key", "secret", region_name="us-east-1")
    s3 = session.client("s3", endpoint_url=stand_in.url, config=Config(retries={"total_max_attempts": 1}))
    bucket = f"faults-{uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    admin.add_fault("drop_after", operation="PutObject", count=1)
    with pytest.raises(ConnectionClosedError):
        s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"content"
    s3.delete_object(Bucket=bucket, Key="a")
    s3.delete_bucket(Bucket=bucket)
    s3.close()
