"""What a submitted task promises: Prefect's future, which an async flow can also await."""

import asyncio
import concurrent.futures
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar, cast

from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture, PrefectWrappedFuture

from prefect_redshift.runner.submitted_task import SubmittedTask
from prefect_redshift.runner.waiting import block_until_done

R = TypeVar("R")


class EventLoopFuture(PrefectWrappedFuture[R, "concurrent.futures.Future[State[R]]"], Generic[R]):
    """A submitted task: `future.result()` blocks until it has ended, `await future` lets an async flow go on.

    `wait_for=[future]` makes another task follow it, and a task that is given the future gets its result.
    """

    def __init__(self, task: SubmittedTask[R]) -> None:
        super().__init__(task.task_run_id, task.outcome)
        self._task = task
        self._wrapped_future.add_done_callback(self._remember)

    def _remember(self, outcome: "concurrent.futures.Future[State[R]]") -> State[R]:
        # Where Prefect's own functions look for it.
        self._final_state = state = outcome.result()
        return state

    def __await__(self) -> Generator[Any, None, R]:
        return self._awaited().__await__()

    async def _awaited(self) -> R:
        state = await asyncio.wrap_future(self._wrapped_future)
        _raise_signal(state)
        return await state.aresult()

    @property
    def name(self) -> str:
        """The task's name."""
        return self._task.name

    @property
    def has_ended(self) -> bool:
        """Whether the task has run to its end, well or not."""
        return self._wrapped_future.done()

    @property
    def state(self) -> State[R]:
        """The task run's state; until the task has ended, as Prefect's API knows it."""
        return self._remember(self._wrapped_future) if self.has_ended else super().state

    def cancel(self) -> None:
        """Ask the task to end; it sees CancelledError. A sync task that runs already goes on to its end."""
        self._task.cancel()

    def wait(self, timeout: float | None = None) -> None:
        """Block until the task has ended, at most for `timeout` seconds.

        Raises:
            RuntimeError: The caller is itself a task on the runner's event loop, which must not be blocked.
            TimeoutError: The flow's own timeout has passed.
        """
        self.refuse_to_block()
        block_until_done(self._wrapped_future, timeout)
        if self.has_ended:
            _raise_signal(self.state)

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> R:
        """Block until the task has ended, at most for `timeout` seconds, and return its result.

        Raises:
            Exception: What the task has raised, unless `raise_on_failure` is False: then it is returned.
            TimeoutError: The task has not ended by then, or the flow's own timeout has passed.
            RuntimeError: The caller is itself a task on the runner's event loop, which must not be blocked.
        """
        self.wait(timeout)
        if not self.has_ended:
            raise TimeoutError(f"Task run {self.task_run_id} did not complete within {timeout} seconds")
        return blocking_result(self.state, raise_on_failure=raise_on_failure)

    def refuse_to_block(self) -> None:
        """Raise if the caller, by waiting, would keep the task itself from running.

        Raises:
            RuntimeError: The caller is itself a task on the runner's event loop.
        """
        if self._task.thread.is_current and not self.has_ended:
            raise RuntimeError(
                f"An async task cannot block until {self.name} has ended, since both run on one event loop: "
                "`await` the future instead, or make the waiting task a sync one."
            )

    def _add_prefect_done_callback(self, callback: Callable[[PrefectFuture[R]], None]) -> None:
        # Prefect's `wait` and `as_completed` call it, and block until it tells them.
        self.refuse_to_block()
        self.add_done_callback(callback)


def blocking_result(state: State[R], *, raise_on_failure: bool = True) -> R:
    """Return the result of a state; without `_sync` Prefect returns a coroutine wherever the flow is async.

    Raises:
        Exception: What the task has raised.
    """
    read = cast("Callable[..., R]", state.result)
    return read(raise_on_failure=raise_on_failure, _sync=True)


def _raise_signal(state: State[Any]) -> None:
    """Raise what is no failure of the task: a pause of the flow run, or the exit of the process."""
    if isinstance(state.data, BaseException) and not isinstance(state.data, Exception):
        raise state.data
