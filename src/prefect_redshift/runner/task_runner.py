"""A Prefect task runner whose tasks share one event loop, on a thread of the runner's own.

Prefect's default runner gives each submitted async task a thread and an event loop of its own, which costs 50 ms a task
and hides cancellation from it. Here a submitted task starts at once, and when the flow is cancelled or another task
fails, it sees CancelledError and can cancel its statement. All that Prefect's futures offer works, in async and in sync
flows.
"""

from collections.abc import Iterable
from typing import Any, Self

from prefect import Task
from prefect.blocks.core import Block
from prefect.client.schemas.objects import RunInput
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner
from prefect.utilities.annotations import opaque

from prefect_redshift.runner.flow_tasks import FlowTasks
from prefect_redshift.runner.futures import EventLoopFuture
from prefect_redshift.runner.signals import note_signals


class EventLoopTaskRunner(TaskRunner[PrefectFuture[Any]]):
    """Runs submitted async tasks on one event loop, and each sync one on a thread of its own.

    What still runs when the flow ends is cancelled. A sync task that runs already cannot be: the flow's end waits for
    it, 10 seconds at most.

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
        note_signals()
        self._tasks: FlowTasks | None = None

    def duplicate(self) -> Self:
        """Return a fresh runner of the same kind."""
        return type(self)()

    def submit(
        self,
        task: "Task[Any, Any]",
        parameters: dict[str, Any],
        wait_for: Iterable[PrefectFuture[Any]] | None = None,
        dependencies: dict[str, set[RunInput]] | None = None,
    ) -> EventLoopFuture[Any]:
        """Start the task as soon as the futures that it depends on have ended; return at once.

        Raises:
            RuntimeError: The runner has not been started, or its flow has ended.
        """
        if self._tasks is None:
            raise RuntimeError(
                f"{task.name} cannot be submitted: its flow has ended, or has not started yet."
            )
        # A block holds no futures: they need not be looked for in its fields, three times a task.
        parameters = {
            name: opaque(value) if isinstance(value, Block) else value for name, value in parameters.items()
        }
        return self._tasks.submit(task, parameters, wait_for, dependencies)

    def cancel_all(self) -> None:
        """Cancel all tasks that have not ended."""
        if self._tasks is not None:
            self._tasks.cancel()

    def __enter__(self) -> Self:
        super().__enter__()
        self._tasks = FlowTasks()
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        tasks, self._tasks = self._tasks, None
        try:
            if tasks is not None:
                self._end(tasks, interrupted=exc_type is not None)
        finally:
            super().__exit__(exc_type, exc_value, traceback)

    def _end(self, tasks: FlowTasks, *, interrupted: bool) -> None:
        if (forgotten := tasks.running) and not interrupted:
            self.logger.warning(
                "The flow has ended while %s still ran: cancelled. To wait for a task, return its future, "
                "call future.wait(), or await gather_or_cancel(future).",
                _listed(forgotten),
            )
        if endless := tasks.end():
            self.logger.warning("%s did not end although cancelled, and may run on.", _listed(endless))


def _listed(names: list[str], most: int = 3) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more tasks" if rest > 0 else "")
