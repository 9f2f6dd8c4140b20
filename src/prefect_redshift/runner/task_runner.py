"""A Prefect task runner for async flows: submitted tasks run on the flow's own event loop.

Prefect's default runner gives each submitted async task a thread and an event loop of its own, which costs 50 ms a task
and hides cancellation from it. Here a submitted task is an asyncio task: it starts at once, and when the flow is
cancelled or another task fails, it sees CancelledError and can cancel its statement.
"""

import asyncio
from collections.abc import Generator, Iterable
from functools import partial
from typing import Any, Generic, Self, TypeVar, cast
from uuid import uuid4

from prefect import Task
from prefect.blocks.core import Block
from prefect.client.schemas.objects import RunInput, State
from prefect.futures import PrefectFuture, PrefectWrappedFuture
from prefect.states import Cancelled
from prefect.task_engine import run_task_async, run_task_sync
from prefect.task_runners import TaskRunner
from prefect.utilities.annotations import opaque
from prefect.utilities.collections import visit_collection

R = TypeVar("R")


class EventLoopFuture(PrefectWrappedFuture[R, "asyncio.Task[State[R]]"], Generic[R]):
    """A submitted task: `await future` is its result, and `wait_for=[future]` makes another task follow it."""

    def __await__(self) -> Generator[Any, None, R]:
        return self._aresult().__await__()

    async def _aresult(self) -> R:
        await wait_all([self])
        return await self.state.aresult()

    @property
    def name(self) -> str:
        """The task's name."""
        return self._wrapped_future.get_name()

    @property
    def has_ended(self) -> bool:
        """Whether the task has run to its end, well or not."""
        return self._wrapped_future.done()

    @property
    def state(self) -> State[R]:
        """The task run's state; meaningful once the task has ended."""
        if self._final_state is None and self.has_ended:
            task = self._wrapped_future
            ended_early = task.cancelled() or task.exception() is not None
            self._final_state = Cancelled() if ended_early else task.result()
        return self._final_state or super().state

    def cancel(self) -> None:
        """Asks the task to end; it sees CancelledError."""
        self._wrapped_future.cancel()

    def wait(self, timeout: float | None = None) -> None:  # noqa: ARG002
        """Returns if the task has ended; cannot block, since the task runs on this very event loop."""
        if not self.has_ended:
            raise RuntimeError("The task runs on this event loop: `await` the future instead.")

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> R:  # noqa: ARG002
        """Not to be had without a wait, which would block the event loop: `await` the future."""
        raise RuntimeError("`await` the future for its result.")


class EventLoopTaskRunner(TaskRunner[PrefectFuture[Any]]):
    """Runs submitted async tasks on the flow's event loop, and sync ones on a thread.

    Example:
        ```python
        @flow(task_runner=EventLoopTaskRunner())
        async def loads():
            one = load.submit("one")
            two = load.submit("two")
            facts = load.submit("facts", wait_for=[one, two])
            await gather_or_cancel(one, two, facts)
        ```
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._running: set[asyncio.Task[State[Any]]] = set()
        # One task starts in each turn of the event loop: what ends meanwhile is noticed between two starts.
        self._start = asyncio.Lock()

    def duplicate(self) -> Self:
        """A fresh runner of the same kind."""
        return type(self)()

    def submit(
        self,
        task: "Task[Any, Any]",
        parameters: dict[str, Any],
        wait_for: Iterable[PrefectFuture[Any]] | None = None,
        dependencies: dict[str, set[RunInput]] | None = None,
    ) -> EventLoopFuture[Any]:
        """Starts the task as soon as the futures that it depends on have ended; returns at once."""
        # A block holds no futures: they need not be looked for in its fields, three times a task.
        parameters = {
            name: opaque(value) if isinstance(value, Block) else value for name, value in parameters.items()
        }
        upstream = _futures_in([wait_for, parameters])
        arguments: dict[str, Any] = {
            "task": task,
            "task_run_id": (task_run_id := uuid4()),
            "parameters": parameters,
            "wait_for": wait_for,
            "return_type": "state",
            "dependencies": dependencies,
        }

        async def run() -> State[Any]:
            await wait_all(upstream)
            async with self._start:
                await asyncio.sleep(0)
            if task.isasync:
                return cast("State[Any]", await run_task_async(**arguments))
            return cast("State[Any]", await asyncio.to_thread(partial(run_task_sync, **arguments)))

        running = asyncio.get_running_loop().create_task(run(), name=task.name)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return EventLoopFuture(task_run_id, running)

    def __exit__(self, *exc_info: Any) -> None:
        for running in self._running:
            running.cancel()
        super().__exit__(*exc_info)


def _futures_in(expression: Any) -> list[EventLoopFuture[Any]]:
    """The futures anywhere in nested arguments."""
    found: list[EventLoopFuture[Any]] = []

    def note(value: Any) -> Any:
        if isinstance(value, EventLoopFuture):
            found.append(value)
        return value

    visit_collection(expression, visit_fn=note, return_data=False)
    return found


async def wait_all(futures: Iterable[EventLoopFuture[Any]]) -> None:
    """Waits until all have ended, well or not; raises nothing of theirs."""
    if tasks := [future.wrapped_future for future in futures]:
        await asyncio.wait(tasks)


async def gather_or_cancel(*futures: PrefectFuture[Any]) -> None:
    """Waits for all; the first failure, or this task's own cancellation, cancels those still running.

    What waits for a task that failed never starts. Whatever happens, nothing of it runs on when this returns or raises.

    Raises:
        Exception: The first failure among the tasks.
    """
    submitted = own_futures(futures)
    tasks = [future.wrapped_future for future in submitted]
    try:
        for earliest in asyncio.as_completed(tasks):
            state = await earliest
            if not state.is_completed():
                await state.aresult()
    except BaseException:
        for future in submitted:
            future.cancel()
        await _outlasting(tasks)
        raise


async def result_of(future: PrefectFuture[R]) -> R:
    """The result of one, for which Prefect's own type has only a blocking method.

    Raises:
        Exception: What the task has raised.
    """
    (own,) = own_futures([future])
    return cast("R", await own)


def own_futures(futures: Iterable[PrefectFuture[Any]]) -> list[EventLoopFuture[Any]]:
    """The futures as the ones that this runner makes.

    Raises:
        TypeError: The flow has another task runner.
    """
    own = [future for future in futures if isinstance(future, EventLoopFuture)]
    if len(own) < len(list(futures)):
        raise TypeError(
            "These futures are another runner's: give the flow task_runner=EventLoopTaskRunner()."
        )
    return own


async def _outlasting(tasks: "list[asyncio.Task[Any]]") -> None:
    """Waits for the end of cancelled tasks, also while the waiting task is cancelled itself."""
    while pending := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(pending)
        except asyncio.CancelledError:
            continue
