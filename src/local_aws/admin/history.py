"""What went over the wire and what the engine really ran, so that tests can count both."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 50_000
SQL_KEPT = 4_000


@dataclass(slots=True)
class Call:
    """One API call. Times are seconds since the epoch; `outcome` is "ok", an exception's name or "dropped"."""

    operation: str
    started_at: float
    ended_at: float | None = None
    outcome: str = "pending"
    statement_id: str | None = None
    statement_name: str | None = None
    client_token: str | None = None
    wait_seconds: int | None = None
    access_key_id: str | None = None


@dataclass(slots=True)
class Run:
    """One execution by the engine; `statement_id` of a batch's part is `id:N`. Values of parameters are not kept."""

    statement_id: str
    statement_name: str | None
    sql: str
    database: str
    db_user: str
    started_at: float
    ended_at: float
    status: str


class History:
    """The last 50,000 calls and executions."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._runs: deque[Run] = deque(maxlen=KEPT)

    def begin(self, operation: str, request: dict[str, Any], access_key_id: str | None) -> Call:
        """Note a call that has come in."""
        call = Call(
            operation=operation,
            started_at=time.time(),
            statement_id=_text(request.get("Id")),
            statement_name=_text(request.get("StatementName")),
            client_token=_text(request.get("ClientToken")),
            wait_seconds=request.get("WaitTimeSeconds"),
            access_key_id=access_key_id,
        )
        self._calls.append(call)
        return call

    def end(self, call: Call, outcome: str, answer: Any = None) -> None:
        """Note how a call was answered."""
        call.ended_at = time.time()
        call.outcome = outcome
        if isinstance(answer, dict) and "Id" in answer:
            call.statement_id = answer["Id"]

    def add_run(self, run: Run) -> None:
        """Note an execution."""
        run.sql = run.sql[:SQL_KEPT]
        self._runs.append(run)

    def show(self, wanted: dict[str, str]) -> dict[str, Any]:
        """Return calls and executions, filtered by equal members such as `operation` or `statement_name`."""
        return {
            "calls": [entry for entry in map(asdict, self._calls) if _matches(entry, wanted)],
            "executions": [entry for entry in map(asdict, self._runs) if _matches(entry, wanted)],
        }

    def clear(self) -> None:
        """Forget everything."""
        self._calls.clear()
        self._runs.clear()


def _matches(entry: dict[str, Any], wanted: dict[str, str]) -> bool:
    return all(name not in entry or str(entry[name]) == value for name, value in wanted.items())


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
