"""Statements as the Data API's answers show them."""

import hashlib
import uuid
from typing import Any

from local_aws.data_api.records.statement import UNKNOWN, Part, Statement

Answer = dict[str, Any]


def _without_none(answer: Answer) -> Answer:
    return {name: value for name, value in answer.items() if value is not None}


def _common(statement: Statement) -> Answer:
    return {
        "Id": statement.id,
        "CreatedAt": statement.created_at,
        "ClusterIdentifier": statement.cluster,
        "WorkgroupName": statement.workgroup,
        "Database": statement.database,
        "DbUser": None if statement.secret_arn else statement.db_user,
        "SecretArn": statement.secret_arn,
        "SessionId": statement.session_id,
        "Status": statement.status,
    }


def submitted(statement: Statement) -> Answer:
    """Return the answer of ExecuteStatement and BatchExecuteStatement."""
    answer = {**_common(statement), "DbGroups": []}
    if statement.pid:
        answer["RedshiftPid"] = statement.pid
    if statement.has_ended:
        answer["HasResultSet"] = statement.has_result
    return _without_none(answer)


def described(statement: Statement) -> Answer:
    """Return the answer of DescribeStatement for a whole request."""
    first = statement.parts[0]
    answer = {
        **_common(statement),
        "Error": statement.error,
        "UpdatedAt": statement.updated_at,
        "Duration": statement.duration,
        "RedshiftPid": statement.pid,
        "RedshiftQueryId": query_id(statement),
        "RedshiftQueryUuid": None if statement.is_batch else _query_uuid(first),
        "HasResultSet": statement.has_result,
        "ResultRows": first.rows if not statement.is_batch else -1,
        "ResultSize": first.size if not statement.is_batch else -1,
        "QueryParameters": statement.parameters or None,
        "ResultFormat": statement.result_format,
    }
    if statement.is_batch:
        answer["ExecutionMode"] = statement.mode
        answer["SubStatements"] = [_part(statement, number) for number in range(1, len(statement.parts) + 1)]
    else:
        answer["QueryString"] = first.sql
    return _without_none(answer)


def described_part(statement: Statement, number: int) -> Answer:
    """Return the answer of DescribeStatement for `id:number`: the whole batch, with that sub-statement only."""
    return described(statement) | {"SubStatements": [_part(statement, number)]}


def query_id(statement: Statement) -> int:
    """Return the engine's id of a statement as AWS shows it: a batch has none of its own."""
    return 0 if statement.is_batch else _query_id(statement.parts[0])


def _query_id(part: Part) -> int:
    return UNKNOWN if part.leader_only else part.query_id


def _query_uuid(part: Part) -> str | None:
    # sys_query_history derives its query_uuid in the same way.
    digest = hashlib.md5(str(part.query_id).encode(), usedforsecurity=False)
    return str(uuid.UUID(digest.hexdigest())) if part.query_id else None


def listed(statement: Statement) -> Answer:
    """Return a statement as ListStatements shows it."""
    answer: Answer = {
        "Id": statement.id,
        "SecretArn": statement.secret_arn,
        "Status": statement.status,
        "StatementName": statement.name,
        "CreatedAt": statement.created_at,
        "UpdatedAt": statement.updated_at,
        "QueryParameters": statement.parameters or None,
        "IsBatchStatement": statement.is_batch,
        "ResultFormat": statement.result_format,
        "SessionId": statement.session_id,
    }
    if statement.is_batch:
        answer["QueryStrings"] = [part.sql for part in statement.parts]
    else:
        answer["QueryString"] = statement.parts[0].sql
    return _without_none(answer)


def _part(statement: Statement, number: int) -> Answer:
    part: Part = statement.parts[number - 1]
    return _without_none(
        {
            "Id": f"{statement.id}:{number}",
            "Status": part.status,
            "Error": part.error,
            "CreatedAt": part.created_at,
            "UpdatedAt": part.updated_at,
            "Duration": part.duration,
            "QueryString": part.sql,
            "RedshiftQueryId": _query_id(part),
            "RedshiftQueryUuid": _query_uuid(part),
            "ResultRows": part.rows,
            "ResultSize": part.size,
            "HasResultSet": part.has_result,
        }
    )
