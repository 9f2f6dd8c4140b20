"""Statements on their way: submitted, described, waited for, cancelled, or run to their end once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from prefect_redshift.aws.client import retried
from prefect_redshift.data_api.connection import Connection, id_of, name_of
from prefect_redshift.data_api.in_flight import InFlight, cancel_by_name, outlast
from prefect_redshift.data_api.request import ExecutionMode, Request, ResultFormat
from prefect_redshift.data_api.run_once import run_once
from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.data_api.waiting import describe, wait_for_end
from prefect_redshift.exceptions import CallError, TransientCallError


class Submission(Connection):
    """Submitting statements and following them to their end."""

    async def execute_statement(
        self,
        sql: str,
        parameters: Mapping[str, str] | None = None,
        *,
        name: str = "",
        with_event: bool = False,
        result_format: ResultFormat = "JSON",
        session_id: str | None = None,
        session_keep_alive_seconds: int | None = None,
    ) -> Statement:
        """Submits one statement and returns at once (API: ExecuteStatement).

        Submitted again under the same name within 8 hours, it is the statement submitted first.

        Args:
            sql: One statement.
            parameters: Values of the `:name` parameters, as strings; never empty, and NULL only in the SQL itself.
            name: StatementName; without one, each call is work of its own.
            with_event: Whether EventBridge is told of its end.
            result_format: JSON, or CSV, which is faster to read and needed for `to_arrow` and `to_pandas`.
            session_id: The session to run in.
            session_keep_alive_seconds: Opens a session that is kept for so long, up to 86,400 seconds, after the
                statement's end; with `session_id`, changes that time.

        Raises:
            CallError: The call was refused.
            ScriptError: A limit of the Data API is broken.
        """
        options = options_of(with_event, result_format, session_id, session_keep_alive_seconds)
        return await self._submit(request_for(sql, parameters, name, "TRANSACTION", options))

    async def batch_execute_statement(
        self,
        sqls: Sequence[str],
        parameters: Mapping[str, str] | None = None,
        *,
        name: str = "",
        execution_mode: ExecutionMode = "TRANSACTION",
        with_event: bool = False,
        result_format: ResultFormat = "JSON",
        session_id: str | None = None,
        session_keep_alive_seconds: int | None = None,
    ) -> Statement:
        """Submits up to 40 statements and returns at once (API: BatchExecuteStatement).

        Args:
            sqls: The statements; each result is read by its own entry in `sub_statements`.
            execution_mode: TRANSACTION, all or nothing, or AUTO_COMMIT, each by itself.

        The other arguments and the errors are those of `execute_statement`.
        """
        options = options_of(with_event, result_format, session_id, session_keep_alive_seconds)
        # A string is a sequence of strings, too, but not of statements.
        statements = [sqls] if isinstance(sqls, str) else list(sqls)
        return await self._submit(request_for(statements, parameters, name, execution_mode, options))

    async def _submit(self, request: Request) -> Statement:
        in_flight = InFlight(await self.calls(), request, self.target(), self.logger)
        # The answer does not tell the format, and a short statement may have ended already.
        return replace(await in_flight.submit(), result_format=request.options.get("ResultFormat", "JSON"))

    async def describe_statement(self, statement: SubStatement | str, *, wait_seconds: int = 0) -> Statement:
        """What the service knows of a statement, or of one of a batch (API: DescribeStatement).

        Args:
            statement: The statement, or its Id.
            wait_seconds: Answer at its end, but after so many seconds, up to 30, at the latest.

        Raises:
            CallError: The call was refused.
        """
        calls = await self.calls()
        wait = wait_seconds if calls.accepts("DescribeStatement", "WaitTimeSeconds") else 0
        return await retried(lambda: describe(calls, id_of(statement), name_of(statement), wait))

    async def wait(self, statement: Statement, timeout: float | None = None) -> Statement:
        """Waits until the statement has ended, or `timeout` seconds have passed (API: DescribeStatement)."""
        return await wait_for_end(await self.calls(), statement.id, statement.name, self.limit(timeout))

    async def cancel_statement(self, statement: SubStatement | str) -> bool:
        """Cancels a statement, a batch as a whole (API: CancelStatement).

        Returns:
            Whether it is being cancelled; False where it had ended already, which is no error.

        Raises:
            CallError: The call was refused.
        """
        calls = await self.calls()
        try:
            response = await calls.request("CancelStatement", {"Id": id_of(statement)})
        except TransientCallError:
            raise
        except CallError as error:
            if error.code == "ValidationException" and (await self.describe_statement(statement)).has_ended:
                return False
            raise
        return bool(response.get("Status", True))

    async def cancel_statements(self, name_prefix: str) -> list[Statement]:
        """Cancels what still runs of the statements so named, and returns them at their end.

        For whoever cleans up after a process that is dead; a live one cancels its own (API: ListStatements,
        CancelStatement).
        """
        calls = await self.calls()
        return await outlast(calls.in_background(lambda: cancel_by_name(calls, name_prefix)))

    async def run(
        self,
        sql: str | Sequence[str],
        parameters: Mapping[str, str] | None = None,
        *,
        name: str = "",
        execution_mode: ExecutionMode = "TRANSACTION",
        timeout: float | None = None,
        with_event: bool = False,
        result_format: ResultFormat = "JSON",
    ) -> Statement:
        """Runs a statement, or a batch of them, to its end; never twice under the same name.

        A request that was sent before under this name, by this process or another, is found by its ClientToken: if it
        still runs, it is waited for; if it finished, it is not repeated; if it failed, it is submitted anew. Whatever
        ends the waiting early (a cancellation, a timeout, an error) cancels the statement.

        Args:
            sql: One statement, or a sequence that is submitted as one batch.
            parameters: Values of the `:name` parameters, as strings. They are sent beside the SQL, never in it.
            name: What this work is called, the same for each try at it; without one, each call is work of its own.
            execution_mode: Of a batch: TRANSACTION, all or nothing, or AUTO_COMMIT, each by itself.
            timeout: Seconds; by default the block's `statement_timeout_seconds`.
            with_event: Whether EventBridge is told of its end.
            result_format: JSON, or CSV, which is faster to read and needed for `to_arrow` and `to_pandas`.

        Raises:
            StatementError: It ended otherwise than FINISHED.
            CallError: A call was refused, or failed for longer than is worth a retry.
            ScriptError: A limit of the Data API is broken.
        """
        request = request_for(sql, parameters, name, execution_mode, options_of(with_event, result_format))
        return await run_once(await self.calls(), request, self.target(), self.limit(timeout), self.logger)


def options_of(
    with_event: bool,
    result_format: ResultFormat,
    session_id: str | None = None,
    session_keep_alive_seconds: int | None = None,
) -> dict[str, Any]:
    """The inputs of the API that are left out where they are what the API does anyway."""
    options: dict[str, Any] = {
        "WithEvent": True if with_event else None,
        "ResultFormat": result_format if result_format != "JSON" else None,
        "SessionId": session_id,
        "SessionKeepAliveSeconds": session_keep_alive_seconds,
    }
    return {name: value for name, value in options.items() if value is not None}


def request_for(
    sql: str | Sequence[str],
    parameters: Mapping[str, str] | None,
    name: str,
    execution_mode: ExecutionMode,
    options: Mapping[str, Any],
) -> Request:
    """The request, under a name of its own where it has none."""
    return Request(
        sql=sql,
        parameters=parameters or {},
        name=name or f"unnamed/{uuid4()}",
        execution_mode=execution_mode,
        options=options,
    )
