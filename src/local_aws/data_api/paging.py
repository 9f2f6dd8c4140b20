"""NextToken: an opaque text that says where the next page starts and what it is a page of."""

import base64
import json
from typing import Any

from local_aws.wire.service_errors import validation


def pack(kind: str, position: Any) -> str:
    """Return a token for a position (any JSON value) in a listing of some kind."""
    return base64.urlsafe_b64encode(json.dumps([kind, position]).encode()).decode()


def unpack(kind: str, token: str | None) -> Any:
    """Return the position in a token, None without one; raise ValidationException for a foreign token."""
    if not token:
        return None
    try:
        found, position = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError:
        found = position = None
    if found != kind:
        raise validation("Invalid NextToken.")
    return position


def cut(member: str, items: list[Any], request: dict[str, Any], default: int) -> dict[str, Any]:
    """Return the answer with one page of items, which are all at hand, as a member, and NextToken where more follow."""
    start = unpack(member, request.get("NextToken")) or 0
    size = request.get("MaxResults") or default
    more = {"NextToken": pack(member, start + size)} if start + size < len(items) else {}
    return {member: items[start : start + size], **more}
