"""ListStatements and ListSessions."""

from typing import Any

from local_aws.data_api import answers, paging
from local_aws.data_api.records.store import Store
from local_aws.data_api.running.sessions import Session, Sessions
from local_aws.identity import Caller
from local_aws.wire.service_errors import not_found, validation

PAGE = 100
PLACE = ("ClusterIdentifier", "WorkgroupName", "Database")


async def statements(store: Store, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Return one page of statements, newest first; without a Status only finished ones, as AWS says."""
    _one_place_at_most(request)
    status = request.get("Status") or "FINISHED"
    wanted = {
        "prefix": request.get("StatementName"),
        "status": None if status == "ALL" else status,
        # A caller here is an access key, so "the role" and "the session" differ only by it.
        "principal": caller.arn if request.get("RoleLevel") is False else None,
        **{answers.attribute(name): request.get(name) for name in PLACE},
    }
    conditions = {name: value for name, value in wanted.items() if value}
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


async def sessions(found: Sessions, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Return one page of the caller's sessions; without a Status only the open ones, as AWS says."""
    _one_place_at_most(request)
    filters = [name for name in ("Status", *PLACE) if request.get(name)]
    if request.get("SessionId") and filters:
        raise validation(f"{filters[0]} can not be provided with SessionId.")
    if request.get("SessionId") and not found.get(request["SessionId"]):
        raise not_found("Session does not exist.", request["SessionId"])
    chosen = [session for session in found.all() if _is_wanted(session, request, caller)]
    return paging.cut("Sessions", [_session(session) for session in chosen], request, PAGE)


def _is_wanted(session: Session, request: dict[str, Any], caller: Caller) -> bool:
    if request.get("SessionId"):
        return bool(session.id == request["SessionId"])
    wanted = {request["Status"]} if request.get("Status") else {"AVAILABLE", "BUSY"}
    return (
        session.status in wanted
        and (request.get("RoleLevel") is not False or session.principal == caller.arn)
        and all(request.get(name) in (None, getattr(session, answers.attribute(name))) for name in PLACE)
    )


def _session(session: Session) -> dict[str, Any]:
    names = "Status CreatedAt UpdatedAt Database DbUser ClusterIdentifier WorkgroupName"
    more = "SessionAliveSeconds SessionTtl CurrentStatementId"
    return {"SessionId": session.id, **answers.members(session, f"{names} {more}")}
