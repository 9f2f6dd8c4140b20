"""Statements and sessions of the last 24 hours, as the service lists them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from prefect_redshift.aws.paging import items
from prefect_redshift.data_api.connection import Connection

StatementStatus = Literal["ALL", "SUBMITTED", "PICKED", "STARTED", "FINISHED", "FAILED", "ABORTED"]
SessionStatus = Literal["AVAILABLE", "BUSY", "CLOSED"]


@dataclass(frozen=True, kw_only=True)
class ListedStatement:
    """One statement or batch of a list (API: StatementData).

    Attributes:
        sql: The statement's text, or those of the batch's statements.
        parameters: The values by name.
    """

    id: str
    status: str
    name: str = ""
    sql: tuple[str, ...] = ()
    is_batch: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    result_format: str = "JSON"
    session_id: str | None = None
    secret_arn: str | None = None

    @classmethod
    def from_response(cls, data: Mapping[str, Any]) -> "ListedStatement":
        """Read a StatementData."""
        is_batch = bool(data.get("IsBatchStatement"))
        return cls(
            id=data["Id"],
            status=data.get("Status", ""),
            name=data.get("StatementName", ""),
            sql=tuple(data.get("QueryStrings", ()) if is_batch else [data.get("QueryString", "")]),
            is_batch=is_batch,
            parameters={item["name"]: item["value"] for item in data.get("QueryParameters", ())},
            created_at=data.get("CreatedAt"),
            updated_at=data.get("UpdatedAt"),
            result_format=data.get("ResultFormat", "JSON"),
            session_id=data.get("SessionId"),
            secret_arn=data.get("SecretArn"),
        )


@dataclass(frozen=True, kw_only=True)
class ListedSession:
    """One session (API: SessionData).

    Attributes:
        status: AVAILABLE, BUSY or CLOSED.
        keep_alive_seconds: How long it outlives the end of a statement.
        expires_at: When it will be closed unless a statement is run.
        statement_id: The statement that runs in it now.
    """

    id: str
    status: str
    created_at: datetime
    updated_at: datetime | None = None
    database: str = ""
    db_user: str = ""
    cluster_identifier: str | None = None
    workgroup_name: str | None = None
    keep_alive_seconds: int = 0
    expires_at: datetime | None = None
    statement_id: str | None = None

    @classmethod
    def from_response(cls, data: Mapping[str, Any]) -> "ListedSession":
        """Read a SessionData."""
        return cls(
            id=data["SessionId"],
            status=data["Status"],
            created_at=data["CreatedAt"],
            updated_at=data.get("UpdatedAt"),
            database=data.get("Database", ""),
            db_user=data.get("DbUser", ""),
            cluster_identifier=data.get("ClusterIdentifier"),
            workgroup_name=data.get("WorkgroupName"),
            keep_alive_seconds=data.get("SessionAliveSeconds", 0),
            expires_at=data.get("SessionTtl"),
            statement_id=data.get("CurrentStatementId"),
        )


@dataclass(frozen=True)
class Listings:
    """Lists of what was run on this cluster or workgroup, in this database."""

    connection: Connection

    async def list_statements(
        self,
        name_prefix: str = "",
        *,
        status: StatementStatus = "ALL",
        role_level: bool = True,
        page_size: int | None = None,
    ) -> AsyncIterator[ListedStatement]:
        """Yield the statements of the last 24 hours, newest first (API: ListStatements).

        With many thousands of statements it is slow.

        Args:
            name_prefix: What their names begin with.
            status: Only those in this status. (The API's own default is FINISHED.)
            role_level: Those of the caller's whole IAM role, or only of the current IAM session.
            page_size: How many one call brings, at most 100.

        Raises:
            CallError: The call was refused.
            ResultError: The service repeats a page.
        """
        inputs = {"Status": status, "RoleLevel": role_level, **self._place(page_size)}
        if name_prefix:
            inputs["StatementName"] = name_prefix
        async for data in items(self.connection.client, "ListStatements", "Statements", inputs):
            yield ListedStatement.from_response(data)

    async def list_sessions(
        self, status: SessionStatus | None = None, *, role_level: bool = True, page_size: int | None = None
    ) -> AsyncIterator[ListedSession]:
        """Yield the sessions that the caller made in the last 24 hours (API: ListSessions).

        Args:
            status: Only those in this status; without it, those that are open: AVAILABLE and BUSY.
            role_level: Those of the caller's whole IAM role, or only of the current IAM session.
            page_size: How many one call brings, at most 100.

        Raises:
            CallError: The call was refused.
            ResultError: The service repeats a page.
        """
        inputs = {"RoleLevel": role_level, **self._place(page_size)}
        if status:
            inputs["Status"] = status
        async for data in items(self.connection.client, "ListSessions", "Sessions", inputs):
            yield ListedSession.from_response(data)

    def _place(self, page_size: int | None) -> dict[str, Any]:
        place: dict[str, Any] = {
            name: value
            for name, value in self.connection.target.items()
            if name in ("ClusterIdentifier", "WorkgroupName", "Database")
        }
        return place | ({"MaxResults": page_size} if page_size else {})
