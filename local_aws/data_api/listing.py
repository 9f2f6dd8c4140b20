"""ListStatements and ListSessions."""

from typing import Any

from local_aws.data_api import answers, paging
from local_aws.data_api.store import Store
from local_aws.identity import Caller
from local_aws.wire.errors import validation

PAGE = 100


def statements(store: Store, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Return one page of statements, newest first; without a Status only finished ones, as AWS says."""
    _one_place_at_most(request)
    conditions: dict[str, Any] = {}
    if request.get("StatementName"):
        conditions["prefix"] = request["StatementName"]
    status = request.get("Status") or "FINISHED"
    if status != "ALL":
        conditions["status"] = status
    # A caller here is an access key, so "the role" and "the session" differ only by it.
    if request.get("RoleLevel") is False:
        conditions["issuer"] = caller.key_id
    for name, field in (
        ("Database", "database"),
        ("ClusterIdentifier", "cluster"),
        ("WorkgroupName", "workgroup"),
    ):
        if request.get(name):
            conditions[field] = request[name]
    before = paging.unpack("statements", request.get("NextToken"))
    size = request.get("MaxResults") or PAGE
    found = store.newest_first(tuple(before) if before else None, size + 1, conditions)
    answer: dict[str, Any] = {"Statements": [answers.listed(statement) for statement in found[:size]]}
    if len(found) > size:
        last = found[size - 1]
        answer["NextToken"] = paging.pack("statements", [last.created_at, last.id])
    return answer


def _one_place_at_most(request: dict[str, Any]) -> None:
    if request.get("ClusterIdentifier") and request.get("WorkgroupName"):
        raise validation("ClusterIdentifier and WorkgroupName can not be provided together.")
