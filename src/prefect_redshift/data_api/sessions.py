"""Data API sessions: temporary tables and settings that live from one statement to the next."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.aws.retries import backoff
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.listings import ListedStatement
from prefect_redshift.data_api.request import ExecutionMode, Request, ResultFormat, options_of, request_for
from prefect_redshift.data_api.running.run_once import attempts_listed, run_once
from prefect_redshift.data_api.sql.value_text import Parameters
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import (
    CallError,
    SessionLostError,
    StatementError,
    StillRunningError,
    TransientCallError,
)

LONGEST_KEEP_ALIVE_SECONDS = 86_400
# How long leaving a session takes at most: it ends by itself, too.
LEAVING_SECONDS = 3.0


class Session:
    """One session of the Data API; made by `DataApi.session()`.

    Attributes:
        id: The SessionId, once its first statement was submitted.
        keep_alive_seconds: How long the service keeps it after the end of a statement.
    """

    def __init__(self, connection: Connection, keep_alive_seconds: int) -> None:
        if not 1 <= keep_alive_seconds <= LONGEST_KEEP_ALIVE_SECONDS:
            raise ValueError(f"keep_alive_seconds is 1 to {LONGEST_KEEP_ALIVE_SECONDS}.")
        self.id: str | None = None
        self.keep_alive_seconds = keep_alive_seconds
        self._connection = connection
        self._has_worked = False
        # The service runs one statement of a session at a time, and refuses others instead of queueing them.
        self._lock = asyncio.Lock()

    async def run(
        self,
        sql: str | Sequence[str],
        parameters: Parameters | None = None,
        *,
        name: str = "",
        execution_mode: ExecutionMode = "TRANSACTION",
        timeout: float | None = None,
        with_event: bool = False,
        result_format: ResultFormat = "JSON",
    ) -> Statement:
        """Run a statement, or a batch, in this session, after those that were asked for before.

        Arguments are those of `DataApi.run`. Work of the same name is not done twice in one session. A process
        that asks for the named work of one that died joins its session while the service keeps it, and finds what was
        done; later it begins anew, in a new session, since the temporary tables are gone.

        Raises:
            SessionLostError: The service has closed the session, and with it what the statements so far left there.
            StatementError: It ended otherwise than FINISHED.
            CallError: A call was refused.
            ScriptError: A limit of the Data API is broken, or a parameter and its value do not fit each other.
        """
        request = request_for(sql, parameters, name, execution_mode, options_of(with_event, result_format))
        async with self._lock:
            deadline = time.monotonic() + self._connection.limit(timeout)
            listed = await attempts_listed(self._connection, name)
            if self.id is None:
                statement = await self._open(request, deadline, listed, may_be_known=bool(name))
            else:
                statement = await self._run_inside(request, deadline, listed)
            self._has_worked = True
            return statement

    async def _open(
        self, request: Request, deadline: float, listed: Sequence[ListedStatement], *, may_be_known: bool
    ) -> Statement:
        """Run the first statement, which opens the session, or finds it in one that is open still."""
        number = 1
        while True:
            opening = replace(
                request,
                options={**request.options, "SessionKeepAliveSeconds": self.keep_alive_seconds},
                work=f"session {number}",
            )
            try:
                statement = await self._run_once(opening, deadline, listed)
            except StillRunningError:
                raise
            except StatementError as error:
                # A session survives the failure of its first statement.
                self.id = error.statement.session_id
                raise
            self.id = statement.session_id
            if self.id and may_be_known and await self._status() == "CLOSED":
                self.id = None
                number += 1
                continue
            return statement

    async def _run_inside(
        self, request: Request, deadline: float, listed: Sequence[ListedStatement]
    ) -> Statement:
        inside = replace(request, options={**request.options, "SessionId": self.id})
        attempt = 0
        while True:
            try:
                return await self._run_once(inside, deadline, listed)
            except TransientCallError:
                raise
            except CallError as error:
                status = await self._status() if error.code == "ValidationException" else "AVAILABLE"
                if status == "CLOSED" and self._has_worked:
                    raise SessionLostError(str(self.id)) from error
                if status == "CLOSED":
                    # Nothing is lost with a session in which nothing was done.
                    self.id = None
                    return await self._open(request, deadline, listed, may_be_known=False)
                # Another process may be in it, or the service not yet done with the statement before.
                words = str(error).lower()
                is_busy = status == "BUSY" or "busy" in words or "not available" in words
                if not is_busy or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(backoff(attempt))
            attempt += 1

    async def _run_once(
        self, request: Request, deadline: float, listed: Sequence[ListedStatement]
    ) -> Statement:
        return await run_once(self._connection, request, max(0.0, deadline - time.monotonic()), listed)

    async def _status(self) -> str:
        """Return AVAILABLE, BUSY or CLOSED; CLOSED also if the service knows nothing of it."""
        try:
            response = await self._connection.client.request("ListSessions", {"SessionId": self.id})
        except CallError as error:
            if error.code == "ResourceNotFoundException":
                return "CLOSED"
            raise
        found = response["Sessions"]
        return str(found[0]["Status"]) if found else "CLOSED"

    async def leave(self) -> None:
        """Let the session go at once instead of after its keep-alive time; fails at nothing.

        There is no operation that closes a session: a last statement that changes nothing sets the time to zero.
        """
        if self.id is None:
            return
        client = self._connection.client
        last = {
            "Sql": "select 1",
            "SessionId": self.id,
            "SessionKeepAliveSeconds": 0,
            "ClientToken": uuid4().hex,
            "StatementName": f"leave session/{self.id}",
        }
        refused = await _refusal_of(client, last)
        if refused:
            self._connection.listener.session_kept(self.id, self.keep_alive_seconds, refused)


async def _refusal_of(client: AwsClient, inputs: dict[str, Any]) -> Exception | None:
    """Submit a statement, however often this task is cancelled meanwhile, and return why that failed."""
    work = client.clean_up(lambda: client.request_once("ExecuteStatement", inputs, LEAVING_SECONDS))
    try:
        await wait_uncancelled(work, LEAVING_SECONDS)
    except (CallError, TimeoutError) as error:
        return error
    return None
