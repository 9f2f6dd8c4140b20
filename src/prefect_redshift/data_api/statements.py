"""Statements on their way: submitted, described, waited for, cancelled, or run to their end once."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from prefect_redshift.aws.retries import RETRY_SECONDS, backoff, retried
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.data_api.cancelling.cancel import cancel_by_name
from prefect_redshift.data_api.cancelling.cancellation import Cancellation, Unconfirmed
from prefect_redshift.data_api.connection import Connection, id_of, name_of
from prefect_redshift.data_api.listings import ListedStatement
from prefect_redshift.data_api.request import ExecutionMode, Request, ResultFormat, options_of, request_for
from prefect_redshift.data_api.running.in_flight import InFlight
from prefect_redshift.data_api.running.run_once import attempts_listed, run_once
from prefect_redshift.data_api.running.waiting import describe, wait_for_end
from prefect_redshift.data_api.sql.value_text import Parameters
from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.exceptions import CallError, TransientCallError

# How much later than its deadline the outcome of a clean-up may come.
_GRACE_SECONDS = 0.5


@dataclass(frozen=True)
class Statements:
    """Submitting statements and following them to their end."""

    connection: Connection

    async def execute_statement(
        self,
        sql: str,
        parameters: Parameters | None = None,
        *,
        name: str = "",
        with_event: bool = False,
        result_format: ResultFormat = "JSON",
        session_id: str | None = None,
        session_keep_alive_seconds: int | None = None,
    ) -> Statement:
        """Submit one statement and return at once (API: ExecuteStatement).

        Submitted again under the same name within 8 hours, it is the statement submitted first.

        Args:
            sql: One statement.
            parameters: Values of the `:name` parameters: int, float, Decimal, bool, date, datetime, time, str, bytes,
                None for NULL, or a list of values for `in (:name)`. They are sent beside the SQL, never in it.
            name: StatementName; without one, each call is work of its own.
            with_event: Whether EventBridge is told of its end.
            result_format: JSON, or CSV, which is faster to read and needed for `to_arrow` and `to_pandas`.
            session_id: The session to run in.
            session_keep_alive_seconds: Opens a session that is kept for so long, up to 86,400 seconds, after the
                statement's end; with `session_id`, changes that time.

        Raises:
            CallError: The call was refused.
            ScriptError: A limit of the Data API is broken, or a parameter and its value do not fit each other.
        """
        options = options_of(with_event, result_format, session_id, session_keep_alive_seconds)
        return await self._submit(request_for(sql, parameters, name, "TRANSACTION", options))

    async def batch_execute_statement(
        self,
        sqls: Sequence[str],
        parameters: Parameters | None = None,
        *,
        name: str = "",
        execution_mode: ExecutionMode = "TRANSACTION",
        with_event: bool = False,
        result_format: ResultFormat = "JSON",
        session_id: str | None = None,
        session_keep_alive_seconds: int | None = None,
    ) -> Statement:
        """Submit up to 40 statements and return at once (API: BatchExecuteStatement).

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
        return await InFlight(self.connection, request).submit()

    async def describe_statement(self, statement: SubStatement | str, *, wait_seconds: int = 0) -> Statement:
        """Return what the service knows of a statement (API: DescribeStatement).

        Of one of a batch, it answers with the batch, which has that one only in its `sub_statements`.

        Args:
            statement: The statement, or its Id.
            wait_seconds: Answer at its end, but after so many seconds, up to 30, at the latest.

        Raises:
            CallError: The call was refused.
        """
        client = self.connection.client
        await client.opened()
        wait = wait_seconds if client.accepts("DescribeStatement", "WaitTimeSeconds") else 0
        return await retried(lambda: describe(client, id_of(statement), name_of(statement), wait))

    async def wait(self, statement: Statement, timeout: float | None = None) -> Statement:
        """Wait until the statement has ended, or `timeout` seconds have passed (API: DescribeStatement)."""
        return await wait_for_end(self.connection.client, statement, self.connection.limit(timeout))

    async def cancel_statement(self, statement: SubStatement | str) -> bool:
        """Cancel a statement, a batch as a whole (API: CancelStatement).

        The service may refuse it for a statement that has not started yet: it is asked again for a minute at most.

        Returns:
            Whether it is being cancelled; False where it had ended already, which is no error.

        Raises:
            CallError: The call was refused.
        """
        deadline = time.monotonic() + RETRY_SECONDS
        attempt = 0
        while True:
            try:
                response = await self.connection.client.request("CancelStatement", {"Id": id_of(statement)})
                return bool(response.get("Status", True))
            except TransientCallError:
                raise
            except CallError as error:
                if error.code != "ValidationException":
                    raise
                if (await self.describe_statement(statement)).has_ended:
                    return False
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(backoff(attempt))
            attempt += 1

    async def cancel_statements(self, name_prefix: str, *, seconds: float = 10.0) -> Cancellation:
        """Cancel what still runs of the statements so named, and confirm their end.

        For whoever cleans up after a process that is dead; a live one cancels its own (API: ListStatements,
        CancelStatement). Nothing is raised: what may still run is in the result, with the reason.

        Args:
            name_prefix: What their names begin with.
            seconds: How long it may take.
        """
        client = self.connection.client
        work = client.clean_up(lambda: cancel_by_name(client, name_prefix, time.monotonic() + seconds))
        try:
            return await wait_uncancelled(work, seconds + _GRACE_SECONDS)
        except TimeoutError:
            return Cancellation.of(Unconfirmed(name=name_prefix, reason="there was no answer in time"))

    async def run(
        self,
        sql: str | Sequence[str],
        parameters: Parameters | None = None,
        *,
        name: str = "",
        after: Sequence[str] = (),
        listed: Sequence[ListedStatement] | None = None,
        execution_mode: ExecutionMode = "TRANSACTION",
        timeout: float | None = None,
        with_event: bool = False,
        result_format: ResultFormat = "JSON",
        at_most_once: bool = False,
        describe: bool | None = None,
        read_ahead: bool = False,
    ) -> Statement:
        """Run a statement, or a batch of them, to its end; never twice under the same name.

        The StatementName of attempt n is `{name}/{n}/{digest}`; the digest is that of the ClientToken, so of all that
        makes this work what it is. Of the attempts that are listed, one that finished is not repeated, one that runs is
        awaited, those that failed are passed over; then one new attempt is submitted. If an earlier form of the work,
        with another digest, still runs, it is cancelled first. Whatever ends the waiting early (a cancellation, a
        timeout, an error) cancels the statement.

        The list reaches back 24 hours and shows what the caller's role may see (API: ListStatements).

        The submission waits for the end, for ten seconds at most: a statement that ends in that time costs one call.

        Args:
            sql: One statement, or a sequence that is submitted as one batch.
            parameters: As of `execute_statement`.
            name: What this work is called, the same for each try at it; without one, each call is work of its own, and
                nothing is listed.
            after: What the work comes after, such as the ids of the statements whose results it reads, sorted. Where
                they differ, it is another form of the work, which is run again.
            listed: The statements whose names begin with `{name}/`, in all statuses, and maybe others; None to list
                them here, at one call. Pass () where there can be none.
            execution_mode: Of a batch: TRANSACTION, all or nothing, or AUTO_COMMIT, each by itself.
            timeout: Seconds; by default the connection's.
            with_event: Whether EventBridge is told of its end.
            result_format: JSON, or CSV, which is faster to read and needed for `to_arrow` and `to_pandas`.
            at_most_once: Whether this work may finish in one form only, such as what drops tables.
            describe: Whether a statement that has finished is described (API: DescribeStatement): its rows, run time
                and query id, and the sub-statements of a batch. That is one more call where the submission has told
                the end. By default only a batch is, since its results are read by its sub-statements.
            read_ahead: Whether the first page of its result, of a batch that of its last statement, is asked for while
                it still runs, beside its description: `rows` then has it without a further call. Where it takes more
                than 30 seconds, that call is in vain.

        Raises:
            ChangedWorkError: It may be done once only, and an earlier form of it has finished, or runs.
            StatementError: It ended otherwise than FINISHED, or an earlier form of it cannot be ended.
            CallError: A call was refused, or failed for longer than is worth a retry.
            ScriptError: A limit of the Data API is broken, or a parameter and its value do not fit each other.
        """
        options = options_of(with_event, result_format)
        request = request_for(sql, parameters, name, execution_mode, options, after)
        if listed is None:
            listed = await attempts_listed(self.connection, name)
        limit = self.connection.limit(timeout)
        return await run_once(
            self.connection,
            request,
            limit,
            listed,
            at_most_once=at_most_once,
            describe=describe,
            read_ahead=read_ahead,
        )
