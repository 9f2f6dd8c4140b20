"""A small client of the admin API, for tests and benchmarks."""

import json
from typing import Any
from urllib.parse import urlencode


class Admin:
    """Talks to `/_local_aws/` of a served stand-in: `Admin(served.url)`."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_local_aws"

    def add_fault(self, kind: str, **details: Any) -> dict[str, Any]:
        """Order a fault; see README.md for kinds and details."""
        return self._send("POST", "/faults", {"kind": kind, **details})

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults in force, with their `hits`."""
        return list(self._send("GET", "/faults")["faults"])

    def clear_faults(self) -> None:
        """Remove every fault."""
        self._send("DELETE", "/faults")

    def clear_fault(self, fault_id: str) -> None:
        """Remove one fault, by its `id`."""
        self._send("DELETE", f"/faults/{fault_id}")

    def calls(self, **wanted: str) -> list[dict[str, Any]]:
        """Return the API calls so far, such as `calls(operation="DescribeStatement")`."""
        return list(self._send("GET", f"/history?{urlencode(wanted)}")["calls"])

    def executions(self, **wanted: str) -> list[dict[str, Any]]:
        """Return what the engine ran so far, such as `executions(database="dev")`."""
        return list(self._send("GET", f"/history?{urlencode(wanted)}")["executions"])

    def clear_history(self) -> None:
        """Forget calls and executions."""
        self._send("DELETE", "/history")

    def fire_schedule(self, name: str, time: str | None = None) -> dict[str, Any]:
        """Fire a schedule as if it were due at a time (ISO 8601, by default now), and return what became of it."""
        return self._send("POST", f"/schedules/{name}/fire", {"time": time} if time else {})

    def reset(self) -> None:
        """Make the stand-in as good as new: databases, statements, sessions, buckets, faults, history."""
        self._send("POST", "/reset")

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        import urllib.request  # here, because it would take a tenth of the stand-in's own start

        request = urllib.request.Request(  # noqa: S310 - it is always http on this machine
            self._url + path,
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"content-type": "application/json"},
        )
        # Without proxies: the environment may name one that knows nothing of this machine.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return dict(json.loads(answer.read()))
