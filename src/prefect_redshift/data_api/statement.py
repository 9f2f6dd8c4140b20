"""What DescribeStatement tells about a statement, typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

UNSUCCESSFUL_STATUSES = frozenset({"FAILED", "ABORTED"})
# Any other status has been seen in the wild now and then: it is not an end.
ENDED_STATUSES = frozenset({"FINISHED"}) | UNSUCCESSFUL_STATUSES


@dataclass(frozen=True, kw_only=True)
class SubStatement:
    """One statement of a batch (API: SubStatementData).

    Attributes:
        seconds: How long the engine ran it; of a statement that is not described, how long its submission took.
        rows: Rows returned or changed; -1 where the engine does not say.
        result_bytes: Size of the result; -1 where the service does not say.
        result_format: JSON or CSV: in which format its result is read.
        first_page: The first page of its result, where that was read ahead.
    """

    id: str
    status: str
    error: str | None = None
    sql: str = ""
    seconds: float = 0.0
    rows: int = -1
    has_result_set: bool = False
    redshift_query_id: int | None = None
    result_bytes: int = -1
    result_format: str = "JSON"
    first_page: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    @property
    def number(self) -> int:
        """Its place in the batch, from 1; 0 where it is not part of one."""
        _, colon, number = self.id.rpartition(":")
        return int(number) if colon and number.isdecimal() else 0

    @classmethod
    def from_response(cls, data: Mapping[str, Any], result_format: str = "JSON") -> "SubStatement":
        """Read a SubStatementData of a batch whose results are in `result_format`."""
        return cls(**_common(data), result_format=result_format)


@dataclass(frozen=True, kw_only=True)
class Statement(SubStatement):
    """A statement or a batch of statements (API: DescribeStatement).

    Attributes:
        name: The StatementName it was submitted under.
        created_at: When it was submitted, by the service's clock.
        updated_at: When its status changed last, by the service's clock; of a statement that is not described, when its
            submission was answered, reckoned from `created_at`.
        session_id: The Data API session that it ran in, if any.
        execution_mode: Of a batch: TRANSACTION or AUTO_COMMIT.
        sub_statements: The statements of a batch; empty for a single statement, and where it is not described.
        is_described: Whether DescribeStatement told it. Else it was told by the answer to its submission, which knows
            no rows, query id or sub-statements.
    """

    name: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    session_id: str | None = None
    redshift_pid: int | None = None
    execution_mode: str | None = None
    sub_statements: tuple[SubStatement, ...] = field(default=())
    is_described: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether its status is final."""
        return self.status in ENDED_STATUSES

    @property
    def queued_seconds(self) -> float:
        """How long it waited before it ran: its life less its run time."""
        if self.created_at is None or self.updated_at is None:
            return 0.0
        return max(0.0, (self.updated_at - self.created_at).total_seconds() - self.seconds)

    def with_first_page(self, page: dict[str, Any] | None) -> "Statement":
        """Return the same statement with the first page of its result or, of a batch, of its last statement's."""
        if not self.sub_statements:
            return replace(self, first_page=page)
        *others, last = self.sub_statements
        return replace(self, sub_statements=(*others, replace(last, first_page=page)))

    def errors(self) -> Iterator[str]:
        """Yield the engine's own words, the batch's and those of its statements."""
        for part in (self, *self.sub_statements):
            if part.error:
                yield part.error

    def describe_end(self) -> str:
        """Return one sentence: which statement ended how, in which part, in the engine's words."""
        failed = next((part for part in self.sub_statements if part.status == "FAILED"), None)
        if failed is None:
            where, reason = "", self.error
        else:
            where = f" in statement {failed.number} ({shorten(failed.sql)})"
            reason = failed.error or self.error
        text = f"{self.name or 'statement'} ({self.id}) is {self.status}{where}"
        return f"{text}: {shorten(reason, 1000)}" if reason else f"{text}."

    @classmethod
    def from_response(cls, data: Mapping[str, Any], name: str = "") -> "Statement":
        """Read the response of DescribeStatement, ExecuteStatement or BatchExecuteStatement."""
        result_format = data.get("ResultFormat", "JSON")
        return cls(
            name=name,
            result_format=result_format,
            created_at=data.get("CreatedAt"),
            updated_at=data.get("UpdatedAt"),
            session_id=data.get("SessionId"),
            redshift_pid=data.get("RedshiftPid"),
            execution_mode=data.get("ExecutionMode"),
            sub_statements=tuple(
                SubStatement.from_response(part, result_format) for part in data.get("SubStatements", ())
            ),
            is_described="UpdatedAt" in data,
            **_common(data),
        )


def shorten(sql: str, width: int = 80) -> str:
    """Return `sql` on one line, cut to `width` characters."""
    line = " ".join(sql.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _common(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": data["Id"],
        "status": data.get("Status", "SUBMITTED"),
        "error": data.get("Error"),
        "sql": data.get("QueryString", ""),
        "seconds": max(data.get("Duration", 0), 0) / 1e9,
        "rows": data.get("ResultRows", -1),
        "has_result_set": bool(data.get("HasResultSet", False)),
        "redshift_query_id": data.get("RedshiftQueryId"),
        "result_bytes": data.get("ResultSize", -1),
    }
