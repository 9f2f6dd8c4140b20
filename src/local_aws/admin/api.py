"""Answers `/_local_aws/`."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from local_aws.admin.faults import KINDS, Faults
from local_aws.admin.history import History
from local_aws.wire.service_errors import ApiError

PREFIX = "/_local_aws"


@dataclass(frozen=True)
class AdminApi:
    """Routes of the admin API; `reset` makes everything else as good as new, `fire` fires a schedule."""

    faults: Faults
    history: History
    reset: Callable[[], Awaitable[None]]
    fire: Callable[[str, str | None], Awaitable[dict[str, Any]]]

    async def call(self, method: str, path: str, query: str, body: bytes) -> dict[str, Any]:
        """Answer one request; raise ApiError for one that makes no sense."""
        match method, path.removeprefix(PREFIX).strip("/").split("/"):
            case "GET", ["faults"]:
                return {"faults": [fault.show() for fault in self.faults.all()], "kinds": KINDS}
            case "POST", ["faults"]:
                return self.faults.add(_object(body)).show()
            case "DELETE", ["faults", *rest]:
                self.faults.remove(rest[0] if rest else None)
            case "GET", ["history"]:
                return self.history.show(dict(parse_qsl(query)))
            case "DELETE", ["history"]:
                self.history.clear()
            case "POST", ["schedules", name, "fire"]:
                return await self.fire(name, _object(body or b"{}").get("time"))
            case "POST", ["reset"]:
                self.faults.remove()
                await self.reset()
                self.history.clear()
            case _:
                raise ApiError("UnknownOperationException", f"no {method} {path}", http_status=404)
        return {}


def _object(body: bytes) -> dict[str, Any]:
    try:
        wanted = json.loads(body)
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict):
        raise ApiError("ValidationException", "the body must be a JSON object")
    return wanted
