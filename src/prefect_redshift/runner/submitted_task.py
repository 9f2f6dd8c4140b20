"""A submitted task: it waits for what it depends on, runs, and can be cancelled from any thread."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import ContextVar, copy_context
from typing import Any, Generic, TypeVar
from uuid import UUID

from prefect.client.schemas.objects import State, StateDetails
from prefect.states import Cancelled, Crashed

from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.blocking import canceller
from prefect_redshift.runner.event_loop_thread import EventLoopThread

R = TypeVar("R")

# How long what was cancelled is waited for. Prefect kills a process 30 seconds after it asked it to end.
END_SECONDS = 10.0


class SubmittedTask(Generic[R]):
    """A task on its way, whose state, once it has ended, is the result of `outcome`.

    Args:
        name: The task's name.
        task_run_id: The id of its run.
        thread: Where it runs.
    """

    def __init__(self, name: str, task_run_id: UUID, thread: EventLoopThread) -> None:
        self.name = name
        self.task_run_id = task_run_id
        self.thread = thread
        self.outcome: Future[State[R]] = Future()
        # Whoever waits for it may be cancelled without harm to the task.
        self.outcome.set_running_or_notify_cancel()
        self._task: asyncio.Task[State[R]] | None = None
        self._started_within: set[Callable[[], None]] = set()
        self.cancel_event = threading.Event()
        self._cancelled_at = 0.0

    def start(self, work: Callable[[], Coroutine[Any, Any, State[R]]]) -> None:
        """Start the work, in a copy of the caller's context, from any thread."""
        context = copy_context()
        context.run(_current.set, self)
        # A sync task cannot be interrupted, but what it waits for can.
        context.run(canceller.set, self)

        def start() -> None:
            self._task = self.thread.create_task(self._state_of(work), self.name, context)
            self._task.add_done_callback(self._end)

        self.thread.call_soon(start)

    async def _state_of(self, work: Callable[[], Coroutine[Any, Any, State[R]]]) -> State[R]:
        try:
            return await work()
        except asyncio.CancelledError:
            raise
        # Nothing that a task raises may end the event loop, not even SystemExit.
        except BaseException as error:
            message = f"{type(error).__name__}: {error}"
            return Crashed(message=message, data=error, state_details=self._details)

    def _end(self, task: "asyncio.Task[State[R]]") -> None:
        if task.cancelled():
            self.abandon()
        else:
            self._resolve(task.result())

    def _resolve(self, state: State[R]) -> None:
        with suppress(InvalidStateError):  # it was abandoned
            self.outcome.set_result(state)

    @property
    def _details(self) -> StateDetails:
        return StateDetails(task_run_id=self.task_run_id)

    def cancel(self) -> None:
        """Have the task see CancelledError, once, and what was started within it too; from any thread."""
        if self.cancel_event.is_set() or self.outcome.done():
            return
        self._cancelled_at = time.monotonic()
        self.cancel_event.set()
        for cancel in list(self._started_within):
            cancel()
        with suppress(RuntimeError):  # the event loop has ended, and the task with it
            self.thread.call_soon(self._cancel_task)

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @property
    def seconds_to_end(self) -> float:
        """How long the cancelled task may still take to end."""
        return max(0.0, self._cancelled_at + END_SECONDS - time.monotonic())

    def abandon(self) -> None:
        """Let nobody wait any longer for a cancelled task, even if it has not ended."""
        message = f"The task {self.name} was cancelled."
        self._resolve(Cancelled(message=message, state_details=self._details))

    def started_within(self, cancel: Callable[[], None]) -> None:
        """Have `cancel` called, on any thread, when the task is cancelled."""
        self._started_within.add(cancel)
        if self.cancel_event.is_set():
            cancel()

    def ended_within(self, cancel: Callable[[], None]) -> None:
        """Forget what was told to `started_within`."""
        self._started_within.discard(cancel)


_current: ContextVar[SubmittedTask[Any] | None] = ContextVar("submitted_task", default=None)


def current_task() -> SubmittedTask[Any] | None:
    """Return the submitted task in which the caller runs, if any."""
    return _current.get()


async def on_thread(work: Callable[[], R]) -> R:
    """Run a blocking function on a thread of its own and wait for its end, which no cancellation hastens."""
    ended: Future[R] = Future()

    def run() -> None:
        try:
            ended.set_result(work())
        except BaseException as error:
            ended.set_exception(error)

    # No pool: a task may wait for others. A daemon: one that never returns does not keep the process.
    threading.Thread(target=copy_context().run, args=(run,), daemon=True).start()
    return await wait_uncancelled(ended)
