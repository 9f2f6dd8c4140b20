"""Statements and sessions as the Data API's answers and events show them."""

import hashlib
import re
import uuid
from functools import cache
from typing import Any

from local_aws.control_plane import place
from local_aws.data_api.records.statement import RETENTION_SECONDS, UNKNOWN, Part, Statement

Answer = dict[str, Any]

# What is called otherwise here than in an answer.
_ATTRIBUTES = {
    "ClusterIdentifier": "cluster",
    "WorkgroupName": "workgroup",
    "StatementName": "name",
    "RedshiftPid": "pid",
    "HasResultSet": "has_result",
    "QueryString": "sql",
    "ResultRows": "rows",
    "ResultSize": "size",
    "ExecutionMode": "mode",
    "IsBatchStatement": "is_batch",
    "QueryParameters": "parameters",
    "SessionAliveSeconds": "keep_alive",
    "SessionTtl": "expires_at",
    "CurrentStatementId": "statement_id",
}
_COMMON = "Id CreatedAt ClusterIdentifier WorkgroupName Database SecretArn SessionId Status"


def members(source: Any, names: str) -> Answer:
    """Return the members of these names, but those of which nothing is known."""
    found = {name: getattr(source, attribute(name)) for name in names.split()}
    return {name: value for name, value in found.items() if value not in (None, [])}


def submitted(statement: Statement) -> Answer:
    """Return the answer of ExecuteStatement and BatchExecuteStatement."""
    more = (" RedshiftPid" if statement.pid else "") + (" HasResultSet" if statement.has_ended else "")
    return {**members(statement, _COMMON + more), **_user(statement), "DbGroups": []}


def described(statement: Statement, number: int | None = None) -> Answer:
    """Return the answer of DescribeStatement; for `id:number` that is the whole batch, with that sub-statement only."""
    names = f"{_COMMON} Error UpdatedAt Duration RedshiftPid HasResultSet ResultFormat QueryParameters"
    answer = {**members(statement, names), **_user(statement), "RedshiftQueryId": query_id(statement)}
    first = statement.parts[0]
    if not statement.is_batch:
        return answer | members(first, "QueryString ResultRows ResultSize") | _uuid(first)
    numbers = [number] if number else range(1, len(statement.parts) + 1)
    return {
        **answer,
        "ResultRows": UNKNOWN,
        "ResultSize": UNKNOWN,
        "ExecutionMode": statement.mode,
        "SubStatements": [_part(statement, number) for number in numbers],
    }


def listed(statement: Statement) -> Answer:
    """Return a statement as ListStatements shows it."""
    names = "Id SecretArn Status StatementName CreatedAt UpdatedAt IsBatchStatement ResultFormat SessionId"
    texts = [part.sql for part in statement.parts]
    return members(statement, f"{names} QueryParameters") | (
        {"QueryStrings": texts} if statement.is_batch else {"QueryString": texts[0]}
    )


def event(statement: Statement) -> dict[str, Any]:
    """Return the entry for PutEvents, with Detail as an object and Time in seconds since the epoch."""
    rows = [part.rows for part in statement.parts if part.rows >= 0]
    return {
        "Source": "aws.redshift-data",
        "DetailType": "Redshift Data Statement Status Change",
        "Time": statement.updated_at,
        "Resources": [place.WORKGROUP["workgroupArn"] if statement.workgroup else place.CLUSTER_ARN],
        "Detail": {
            "principal": statement.principal,
            "statementName": statement.name or "",
            "statementId": statement.id,
            "redshiftQueryId": query_id(statement),
            "state": statement.status,
            "rows": rows[-1] if rows else 0,
            "expireAt": int(statement.created_at) + RETENTION_SECONDS,
        },
    }


def query_id(statement: Statement) -> int:
    """Return the engine's id of a statement as AWS shows it: a batch has none of its own."""
    return 0 if statement.is_batch else _query_id(statement.parts[0])


def _query_id(part: Part) -> int:
    return UNKNOWN if part.leader_only else part.query_id


def _uuid(part: Part) -> Answer:
    # sys_query_history derives its query_uuid in the same way.
    digest = hashlib.md5(str(part.query_id).encode(), usedforsecurity=False)
    return {"RedshiftQueryUuid": str(uuid.UUID(digest.hexdigest()))} if part.query_id else {}


def _user(statement: Statement) -> Answer:
    return {} if statement.secret_arn else {"DbUser": statement.db_user}


def _part(statement: Statement, number: int) -> Answer:
    part = statement.parts[number - 1]
    names = "Status Error CreatedAt UpdatedAt Duration QueryString ResultRows ResultSize HasResultSet"
    own = {"Id": f"{statement.id}:{number}", "RedshiftQueryId": _query_id(part)}
    return own | members(part, names) | _uuid(part)


@cache
def attribute(name: str) -> str:
    """Return what a member of a request or an answer is called here."""
    return _ATTRIBUTES.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
