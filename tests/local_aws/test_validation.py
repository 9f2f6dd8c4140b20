"""What boto3 lets through and AWS refuses."""

import json
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local_aws import Served
from local_aws.wire import model, validation
from local_aws.wire.service_errors import ApiError
from tests.statements import CLUSTER, Statements

ID = "00000000-0000-0000-0000-000000000000"
EXECUTE: dict[str, Any] = {**CLUSTER, "Database": "dev", "Sql": "select 1"}
MODEL = model.load("redshift-data", "2019-12-20")


@pytest.mark.parametrize(
    ("operation", "request_", "words"),
    [
        (
            "ExecuteStatement",
            {"Database": "dev"},
            "'sql' failed to satisfy constraint: Member must not be null",
        ),
        ("ExecuteStatement", {**EXECUTE, "WaitTimeSeconds": 31}, "value less than or equal to 30"),
        ("ExecuteStatement", {**EXECUTE, "WaitTimeSeconds": 0}, "value greater than or equal to 1"),
        ("ExecuteStatement", {**EXECUTE, "ClientToken": "x" * 65}, "'clientToken' failed"),
        ("ExecuteStatement", {**EXECUTE, "SessionKeepAliveSeconds": 86401}, "less than or equal to 86400"),
        ("ExecuteStatement", {**EXECUTE, "ResultFormat": "XML"}, "enum value set: [JSON, CSV]"),
        ("ExecuteStatement", {**EXECUTE, "Parameters": []}, "length greater than or equal to 1"),
        ("ExecuteStatement", {**EXECUTE, "ClusterIdentifier": "Upper"}, "regular expression pattern"),
        (
            "ExecuteStatement",
            {**EXECUTE, "Parameters": [{"name": "a b", "value": "x"}]},
            "'parameters.1.member.name'",
        ),
        (
            "ExecuteStatement",
            {**EXECUTE, "Parameters": [{"name": "a", "value": ""}]},
            "length greater than or equal to 1",
        ),
        ("BatchExecuteStatement", {**CLUSTER, "Sqls": ["select 1"] * 41}, "length less than or equal to 40"),
        ("BatchExecuteStatement", {**CLUSTER, "Sqls": []}, "length greater than or equal to 1"),
        ("DescribeStatement", {"Id": "not-an-id"}, "'id' failed to satisfy constraint"),
        ("ListStatements", {"MaxResults": 101}, "less than or equal to 100"),
        ("ListTables", {"Database": "dev", "MaxResults": 1001}, "less than or equal to 1000"),
    ],
)
def test_the_models_own_constraints(operation: str, request_: dict[str, Any], words: str) -> None:
    with pytest.raises(ApiError, match="1 validation error detected: Value at '") as refused:
        validation.check(MODEL, operation, request_)
    assert words in refused.value.message


def test_wrong_types_are_not_serialisable() -> None:
    for bad in ({"Sql": 1}, {"Sql": "x", "WaitTimeSeconds": "5"}, {"Sql": "x", "WaitTimeSeconds": True}):
        with pytest.raises(ApiError) as refused:
            validation.check(MODEL, "ExecuteStatement", bad)
        assert refused.value.code == "SerializationException"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Sql": "select '" + "x" * 102400 + "'"}, "100 KB"),
        ({"Sql": "select 1; select 2"}, "Multi-statement"),
        ({"Sql": "  "}, "must not be empty"),
        ({"Sql": "select 1\0"}, "null character"),
        ({"ClusterIdentifier": "another"}, "Redshift endpoint doesn't exist in this region."),
        ({"WorkgroupName": "local-workgroup"}, "Only one of"),
        ({"Parameters": [{"name": "unused", "value": "1"}]}, "unused"),
        (
            {"Sql": "select :a", "Parameters": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]},
            "duplicate",
        ),
        ({"SecretArn": "no-such-secret"}, "can't find the specified secret"),
        ({"SessionId": ID, "Database": "dev"}, f"Session with Id: {ID} is invalid"),
    ],
)
def test_what_only_the_service_knows(data_api: Any, change: dict[str, Any], words: str) -> None:
    with pytest.raises(data_api.exceptions.ValidationException) as refused:
        data_api.execute_statement(**{**EXECUTE, **change})
    assert words in refused.value.response["Error"]["Message"]
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_target_and_a_database_are_needed(data_api: Any) -> None:
    with pytest.raises(
        data_api.exceptions.ValidationException, match="Either ClusterIdentifier, WorkgroupName or SessionId"
    ):
        data_api.execute_statement(Database="dev", Sql="select 1")
    with pytest.raises(data_api.exceptions.ValidationException, match="Database"):
        data_api.execute_statement(**CLUSTER, Sql="select 1")


def test_one_trailing_semicolon_is_one_statement(statements: Statements) -> None:
    assert statements.run("select ';' -- one;\n;")["Status"] == "FINISHED"


@pytest.mark.parametrize(
    ("key_id", "code"), [("REFUSED1", "UnrecognizedClientException"), ("EXPIRED1", "ExpiredTokenException")]
)
def test_refused_credentials(stand_in: Served, key_id: str, code: str) -> None:
    client = _client(stand_in, "redshift-data", key_id)
    with pytest.raises(client.exceptions.ClientError) as refused:
        client.list_statements()
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    client.close()


def test_refused_credentials_in_the_rest_of_aws(stand_in: Served) -> None:
    client = _client(stand_in, "s3", "REFUSED1")
    with pytest.raises(client.exceptions.ClientError) as refused:
        client.list_buckets()
    assert refused.value.response["Error"]["Code"] == "InvalidAccessKeyId"
    client.close()


def test_unsigned_and_unknown_requests(stand_in: Served) -> None:
    assert _post(stand_in, "RedshiftData.ListStatements", {}) == (400, "MissingAuthenticationTokenException")
    signed = {"authorization": "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/redshift-data/aws4_request"}
    assert _post(stand_in, "RedshiftData.DropEverything", signed) == (404, "UnknownOperationException")
    assert _post(stand_in, "RedshiftData.ListStatements", signed, b"not json") == (
        400,
        "SerializationException",
    )
    half = b'{"StatementName": "\\ud800"}'
    assert _post(stand_in, "RedshiftData.ListStatements", signed, half) == (400, "SerializationException")


def _client(stand_in: Served, service: str, key_id: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=stand_in.url,
        region_name="us-east-1",
        aws_access_key_id=key_id,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )


def _post(stand_in: Served, target: str, headers: dict[str, str], body: bytes = b"{}") -> tuple[int, str]:
    request = urllib.request.Request(stand_in.url, data=body, headers={"x-amz-target": target, **headers})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    with refused.value as answer:
        found: str = json.loads(answer.read())["__type"]
        assert answer.headers["x-amzn-errortype"] == found
        return answer.code, found
