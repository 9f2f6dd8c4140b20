"""Raw answers of all twelve operations against the model: boto3 would silently drop what it does not know."""

import json
import urllib.request
from typing import Any

import pytest

from local_aws import Served
from tests.local_aws.test_answers import MODEL, deviations
from tests.statements import Statements

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/redshift-data/aws4_request"


def raw(stand_in: Served, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Call an operation by hand and return the JSON as it came."""
    wire = urllib.request.Request(
        stand_in.url,
        data=json.dumps(request).encode(),
        headers={"x-amz-target": f"RedshiftData.{operation}", "authorization": AUTHORIZATION},
    )
    with urllib.request.urlopen(wire, timeout=60) as answer:
        assert answer.headers["content-type"] == "application/x-amz-json-1.1"
        assert answer.headers["x-amzn-requestid"]
        found: dict[str, Any] = json.loads(answer.read())
    return found


def test_every_operation(stand_in: Served, statements: Statements) -> None:
    where = statements.where
    asked: dict[str, dict[str, Any]] = {
        "ExecuteStatement": {
            **where,
            "Sql": "select 1 as n",
            "SessionKeepAliveSeconds": 1,
            "WaitTimeSeconds": 30,
        },
        "BatchExecuteStatement": {
            **where,
            "Sqls": ["create table t (n int default 1)", "select 1"],
            "ResultFormat": "CSV",
            "WaitTimeSeconds": 30,
        },
    }
    answered = {operation: raw(stand_in, operation, request) for operation, request in asked.items()}
    one, batch = answered["ExecuteStatement"]["Id"], answered["BatchExecuteStatement"]["Id"]
    sleeping = statements.start("select pg_sleep(60)")
    asked = {
        "DescribeStatement": {"Id": batch},
        "GetStatementResult": {"Id": one},
        "GetStatementResultV2": {"Id": f"{batch}:2"},
        "CancelStatement": {"Id": sleeping},
        "ListStatements": {"Status": "ALL", "Database": where["Database"]},
        "ListSessions": {"Database": where["Database"], "Status": "AVAILABLE"},
        "ListDatabases": {**where},
        "ListSchemas": {**where},
        "ListTables": {**where, "TablePattern": "t"},
        "DescribeTable": {**where, "Schema": "public", "Table": "t"},
    }
    answered |= {operation: raw(stand_in, operation, request) for operation, request in asked.items()}
    assert set(answered) == set(MODEL.operations)
    for operation, answer in answered.items():
        assert list(deviations(MODEL.shape(operation, "output"), answer, operation)) == []
        assert answer, operation


PAGED = [
    operation
    for operation in sorted(MODEL.operations)
    if "NextToken" in MODEL.shape(operation, "input")["members"]
    and "Id" not in MODEL.shape(operation, "input")["members"]
]


@pytest.mark.parametrize("operation", PAGED)
def test_paged_operations_take_their_own_tokens_only(data_api: Any, operation: str) -> None:
    members = MODEL.shape(operation, "input")["members"]
    everything = {
        "ClusterIdentifier": "local-cluster",
        "DbUser": "tester",
        "Database": "dev",
        "NextToken": "nonsense",
    }
    request = {name: value for name, value in everything.items() if name in members}
    call = getattr(data_api, "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_"))
    with pytest.raises(data_api.exceptions.ValidationException, match="NextToken"):
        call(**request)
