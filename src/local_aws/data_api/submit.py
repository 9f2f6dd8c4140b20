"""ExecuteStatement and BatchExecuteStatement."""

import uuid
from collections import Counter
from typing import Any

from local_aws import dialect
from local_aws.data_api import answers
from local_aws.data_api.records.statement import Part, Statement
from local_aws.data_api.running.sessions import Session
from local_aws.identity import Caller
from local_aws.wire.service_errors import validation

MAX_STATEMENT_BYTES = 100 * 1024
_PLACE = ("ClusterIdentifier", "WorkgroupName", "SecretArn")


def build(request: dict[str, Any], caller: Caller, db_user: str) -> Statement:
    """Return the statement that a checked request asks for, outside of any session."""
    place = {answers.attribute(name): request.get(name) for name in (*_PLACE, "Database")}
    return _statement(request, caller, db_user=db_user, **place)


def build_in_session(request: dict[str, Any], caller: Caller, session: Session) -> Statement:
    """Return the statement that a checked request asks for in an open session, which settles where and as whom."""
    settled = answers.members(session, " ".join((*_PLACE, "DbUser")))
    for name in (*_PLACE, "DbUser", "Database"):
        if request.get(name) not in (None, settled.get(name)):
            raise validation(f"{name} can not be provided with SessionId.")
    return _statement(request, caller, session_id=session.id, **session.place())


def _statement(request: dict[str, Any], caller: Caller, **settled: Any) -> Statement:
    is_batch = "Sqls" in request
    texts = request["Sqls"] if is_batch else [request["Sql"]]
    check_texts(texts, is_batch=is_batch)
    values = request.get("Parameters") or []
    check_parameters(texts, values)
    return Statement(
        id=str(uuid.uuid4()),
        parts=[Part(sql=text) for text in texts],
        is_batch=is_batch,
        name=request.get("StatementName"),
        parameters=values,
        token=request.get("ClientToken"),
        result_format=request.get("ResultFormat") or "JSON",
        mode=request.get("ExecutionMode") or "TRANSACTION",
        with_event=bool(request.get("WithEvent")),
        keep_alive=request.get("SessionKeepAliveSeconds"),
        principal=caller.arn,
        **settled,
    )


def check_texts(texts: list[str], *, is_batch: bool) -> None:
    """Check the statements' sizes, and that ExecuteStatement has a single one."""
    for text in texts:
        if not text.strip():
            raise validation("SQL statement must not be empty.")
        if "\0" in text:
            raise validation("SQL statement must not contain a null character.")
        size = len(text.encode())
        if size > MAX_STATEMENT_BYTES:
            raise validation(
                f"SQL statement has {size} bytes, more than the maximum of {MAX_STATEMENT_BYTES} bytes (100 KB)."
            )
    if not is_batch and len(dialect.split(texts[0])) > 1:
        raise validation(
            "Multi-statement SQL is not supported by ExecuteStatement: use BatchExecuteStatement."
        )


def check_parameters(texts: list[str], parameters: list[dict[str, str]]) -> None:
    """Check that names are given once and that each parameter is used by at least one statement."""
    if not parameters:
        return
    if any("\0" in parameter["value"] for parameter in parameters):
        raise validation("Parameter values must not contain a null character.")
    counted = Counter(parameter["name"] for parameter in parameters)
    if repeated := [name for name, count in counted.items() if count > 1]:
        raise validation(f"Parameters list contains duplicate parameters: {', '.join(repeated)}")
    used = {name for text in texts for name in dialect.bind(text)[1]}
    if unused := [name for name in counted if name not in used]:
        raise validation(f"Parameters list contains unused parameters: {', '.join(unused)}")
