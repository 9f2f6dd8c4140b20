"""A statement as the Data API knows it: one request with one part for each SQL text."""

import asyncio
import time
from dataclasses import dataclass, field, fields
from typing import Any

ENDED = frozenset({"FINISHED", "FAILED", "ABORTED"})
RETENTION_SECONDS = 24 * 3600
TOKEN_SECONDS = 8 * 3600
UNKNOWN = -1  # what AWS answers for a number that it does not know (yet)


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far something is. Times are seconds since the epoch, `duration` is nanoseconds."""

    status: str = "SUBMITTED"
    error: str | None = None
    created_at: float = field(default_factory=time.time)
    updated_at: float = 0.0
    duration: int = UNKNOWN
    ended: asyncio.Event = field(default_factory=asyncio.Event, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.updated_at = self.updated_at or self.created_at
        if self.has_ended:
            self.ended.set()

    @property
    def has_ended(self) -> bool:
        """Tell whether the status is final."""
        return self.status in ENDED

    def to_document(self) -> dict[str, Any]:
        """Return everything but the event, for keeping."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "ended"}

    def move(self, status: str, error: str | None = None) -> None:
        """Enter a status now."""
        self.status = status
        self.updated_at = time.time()
        if error is not None:
            self.error = error


@dataclass(slots=True, kw_only=True)
class Part(Progress):
    """One SQL text; `size` is bytes."""

    sql: str
    rows: int = UNKNOWN
    size: int = UNKNOWN
    query_id: int = 0
    has_result: bool = False
    leader_only: bool = False
    columns: list[dict[str, Any]] = field(default_factory=list)

    def affect(self, rows: int, size: int = 0) -> None:
        """Note how many rows it wrote, instead of a result."""
        self.has_result, self.rows, self.size, self.columns = False, rows, size, []

    def move(self, status: str, error: str | None = None) -> None:
        """Enter a status now; the last one wakes whoever waits."""
        Progress.move(self, status, error)
        if self.has_ended:
            self.ended.set()


@dataclass(slots=True, kw_only=True)
class Statement(Progress):
    """What one ExecuteStatement or BatchExecuteStatement asked for, and what became of it."""

    id: str
    parts: list[Part]
    database: str
    db_user: str
    is_batch: bool = False
    cluster: str | None = None
    workgroup: str | None = None
    secret_arn: str | None = None
    name: str | None = None
    parameters: list[dict[str, str]] = field(default_factory=list)
    token: str | None = None
    result_format: str = "JSON"
    mode: str = "TRANSACTION"
    with_event: bool = False
    principal: str = ""
    session_id: str | None = None
    keep_alive: int | None = None
    pid: int = 0

    @property
    def has_result(self) -> bool:
        """Tell whether any part has a result set."""
        return any(part.has_result for part in self.parts)

    def move(self, status: str, error: str | None = None) -> None:
        """Enter a status now; whoever waits for the last one is woken once it is kept."""
        Progress.move(self, status, error)
        if self.has_ended:
            self.duration = sum(part.duration for part in self.parts if part.duration > 0)

    def to_document(self) -> dict[str, Any]:
        """Return everything but the events, for keeping."""
        return Progress.to_document(self) | {"parts": [part.to_document() for part in self.parts]}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Statement":
        """Return the statement that `to_document` described."""
        parts = [Part(**part) for part in document["parts"]]
        return cls(**{**document, "parts": parts})
