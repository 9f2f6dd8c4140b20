"""Takes statements in, runs a bounded number of them at a time, cancels them, and ends what a crash left."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import InitVar, dataclass, field

from local_aws.admin.faults import Faults
from local_aws.data_api.records.statement import Statement
from local_aws.data_api.records.store import Store
from local_aws.data_api.running.collaborators import Collaborators
from local_aws.data_api.running.execution import CANCELLED, Execution
from local_aws.data_api.running.sessions import Sessions
from local_aws.engine.connection import Connection, EngineError
from local_aws.engine.warehouse import Warehouse
from local_aws.wire.service_errors import ApiError

MAX_ACTIVE = 500  # STARTED and SUBMITTED statements of a cluster, by AWS's quotas
AFTER_A_FAILURE = "Connection or an prior query failed."
NOT_RUN = "ERROR: the local stand-in was stopped before this statement was run"
STOPPED = "ERROR: the local stand-in was stopped while this statement was running: whether it took effect is unknown"
CANCEL_AGAIN_SECONDS = 0.05
CANCEL_GIVE_UP_SECONDS = 10.0

LOG = logging.getLogger(__name__)
EndHook = Callable[[Statement], Awaitable[None]]


@dataclass(eq=False)
class Runner:
    """Statements in flight. `max_executing` run at a time, the others are queued in their order of arrival."""

    warehouse: Warehouse
    tools: Collaborators
    sessions: Sessions
    faults: Faults
    max_executing: InitVar[int]
    on_end: list[EndHook] = field(default_factory=list)
    _running: dict[str, Execution] = field(default_factory=dict)
    _tasks: set[asyncio.Future[None]] = field(default_factory=set)

    def __post_init__(self, max_executing: int) -> None:
        self._slots = asyncio.Semaphore(max_executing)

    def submit(self, statement: Statement, refusal: str | None = None) -> None:
        """Take a statement in, which fails where the login is refused.

        Raises ActiveStatementsExceededException when too many are in flight.
        """
        fault = self.faults.hit("active_limit", None, statement.name)
        allowed = fault.limit if fault else MAX_ACTIVE
        if len(self._running) >= allowed:
            words = f"Active statements exceeded the allowed quota ({allowed})."
            raise ApiError("ActiveStatementsExceededException", words)
        self.tools.store.save(statement)
        execution = Execution(statement, self.tools, refusal)
        self._running[statement.id] = execution
        self._keep(self._run(execution))

    async def cancel(self, statement: Statement) -> bool:
        """Stop a statement for good; return whether it ended as ABORTED."""
        execution = self._running[statement.id]
        execution.cancelled = True
        if statement.status == "SUBMITTED":
            self._finish(execution)
            return True
        deadline = time.monotonic() + CANCEL_GIVE_UP_SECONDS
        while not statement.has_ended and time.monotonic() < deadline:
            async with execution.cancel_turn:
                if execution.connection is not None:
                    await execution.connection.cancel()
            # The request may have come between two statements of a batch: ask again until it has ended.
            with suppress(TimeoutError):
                await asyncio.wait_for(statement.ended.wait(), CANCEL_AGAIN_SECONDS)
        return statement.status == "ABORTED"

    async def cancel_all(self) -> None:
        """Stop everything that is in flight."""
        running = list(self._running.values())
        await asyncio.gather(*(self.cancel(execution.statement) for execution in running))

    async def stop(self) -> None:
        """Drop everything that runs; the next start finds it unended and says so."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, execution: Execution) -> None:
        try:
            await self._run_in_turn(execution)
        except Exception:
            # A fault of the stand-in itself: whoever waits for the statement must hear of it.
            LOG.exception("statement %s", execution.statement.id)
            self._fail(execution, "ERROR: the local stand-in failed; see its log")

    async def _run_in_turn(self, execution: Execution) -> None:
        statement = execution.statement
        if slow := self.faults.hit("slow_start", None, statement.name):
            await asyncio.sleep(slow.seconds)
        async with self._slots:
            if statement.has_ended:
                return
            if failing := self.faults.hit("fail", None, statement.name):
                self._fail(execution, failing.message)
                return
            statement.move("PICKED")
            if execution.refusal:
                self._refuse(execution, execution.refusal)
                return
            try:
                if statement.session_id:
                    connection = await self.sessions.connection(statement)
                else:
                    connection = await self.warehouse.acquire(statement.database, statement.db_user)
            except EngineError as error:
                self._refuse(execution, f"FATAL: {error.message}")
                return
            try:
                await self._run_on(execution, connection)
            finally:
                if not statement.session_id:
                    await self.warehouse.release(connection, statement.database, statement.db_user)

    async def _run_on(self, execution: Execution, connection: Connection) -> None:
        statement = execution.statement
        execution.connection = connection
        statement.pid = connection.pid
        statement.move("STARTED")
        self.tools.store.save_status(statement)
        if abort := self.faults.hit("abort", None, statement.name):
            self._keep(self._abort(statement, abort.seconds))
        failure: str | None = None
        try:
            await execution.run(connection)
        except EngineError as error:
            failure = f"{error.severity}: {error.message}"
        # A cancellation under way must not hit the connection's next statement.
        async with execution.cancel_turn:
            execution.connection = None
        if failure:
            self._fail(execution, failure)
        else:
            self._finish(execution)

    async def _abort(self, statement: Statement, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if not statement.has_ended:
            await self.cancel(statement)

    def _refuse(self, execution: Execution, words: str) -> None:
        """End a statement whose connection was refused; of a batch only the whole says why."""
        statement = execution.statement
        if statement.is_batch:
            for part in statement.parts:
                part.move("ABORTED", AFTER_A_FAILURE)
            statement.error = words
            self._finish(execution)
        else:
            self._fail(execution, words)

    def _fail(self, execution: Execution, words: str) -> None:
        for part in execution.statement.parts:
            if part.status in ("SUBMITTED", "STARTED"):
                part.move("FAILED", words)
                break
        self._finish(execution)

    def _finish(self, execution: Execution) -> None:
        statement = execution.statement
        if statement.session_id:
            self.sessions.leave(statement)
        conclude(statement, cancelled=execution.cancelled)
        self._running.pop(statement.id, None)
        self.tools.store.save(statement)
        statement.ended.set()
        for hook in self.on_end:
            self._keep(hook(statement))

    def _keep(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            LOG.error("beside a statement", exc_info=error)


def conclude(statement: Statement, *, cancelled: bool) -> None:
    """Give a statement its final status, from those of its parts."""
    parts = statement.parts
    failed = next((part for part in parts if part.status == "FAILED"), None)
    unfinished = [part for part in parts if part.status != "FINISHED"]
    if cancelled and unfinished:
        for part in unfinished:
            if part.status != "FAILED":
                part.move("ABORTED", part.error or CANCELLED)
        statement.move("ABORTED", next((part.error for part in unfinished if part.error), CANCELLED))
    elif statement.error:
        statement.move("FAILED")
    elif failed:
        for part in unfinished:
            if part.status != "FAILED":
                part.move("ABORTED", AFTER_A_FAILURE)
        number = f"Query #{parts.index(failed) + 1} failed with " if statement.is_batch else ""
        statement.move("FAILED", f"{number}{failed.error}")
    else:
        statement.move("FINISHED")


def end_interrupted(store: Store) -> None:
    """End what was queued as ABORTED, what was running as FAILED, and forget what is older than 24 hours."""
    store.expire()
    for statement in store.interrupted():
        if statement.status == "STARTED":
            unfinished = [part for part in statement.parts if part.status != "FINISHED"]
            [*unfinished, statement.parts[-1]][0].move("FAILED", STOPPED)
            conclude(statement, cancelled=False)
        else:
            for part in statement.parts:
                part.move("ABORTED", NOT_RUN)
            conclude(statement, cancelled=True)
        store.save(statement)
