"""The tasks that one run of a flow has submitted, from the flow's start to its end."""

import concurrent.futures
from collections.abc import Iterable
from functools import partial
from threading import Lock
from typing import Any, cast
from uuid import uuid4

from prefect import Task
from prefect.client.schemas.objects import RunInput, State
from prefect.context import AsyncClientContext, SyncClientContext
from prefect.futures import PrefectFuture
from prefect.task_engine import run_task_async, run_task_sync

from prefect_redshift.runner.event_loop_thread import EventLoopThread
from prefect_redshift.runner.flow_watch import watch_of_running_flow
from prefect_redshift.runner.futures import EventLoopFuture
from prefect_redshift.runner.gathering import futures_in, wait_all
from prefect_redshift.runner.signals import SignalWatch
from prefect_redshift.runner.submitted_task import END_SECONDS, SubmittedTask, current_task, on_thread
from prefect_redshift.runner.turns import Turns


class FlowTasks:
    """The event loop of a run's tasks, and those that have not ended."""

    def __init__(self) -> None:
        self._running: set[SubmittedTask[Any]] = set()
        self._has_ended = False
        self._lock = Lock()
        self._turns = Turns()
        self._thread = EventLoopThread("tasks")
        self._thread.start()
        self._thread.open_api_client()
        # A task that is cancelled cancels the tasks of the flows that it runs.
        self._parent = current_task()
        if self._parent is not None:
            self._parent.started_within(self.cancel)
        self._signals = SignalWatch(self.cancel)
        self._watch = watch_of_running_flow(self.cancel)
        if self._watch is not None:
            self._thread.run_in_background(self._watch.look())

    def submit(
        self,
        task: "Task[Any, Any]",
        parameters: dict[str, Any],
        wait_for: Iterable[PrefectFuture[Any]] | None,
        dependencies: dict[str, set[RunInput]] | None,
    ) -> EventLoopFuture[Any]:
        """Start the task as soon as the futures in its arguments have ended; return at once.

        Raises:
            RuntimeError: The flow has ended.
        """
        if self._watch is not None:
            self._watch.note_timeout()
        submitted: SubmittedTask[Any] = SubmittedTask(task.name, uuid4(), self._thread)
        upstream = futures_in([wait_for, parameters])
        arguments: dict[str, Any] = {
            "task": task,
            "task_run_id": submitted.task_run_id,
            "parameters": parameters,
            "wait_for": wait_for,
            "return_type": "state",
            "dependencies": dependencies,
        }
        with self._lock:
            if self._has_ended:
                raise RuntimeError(f"{task.name} cannot be submitted: its flow has ended.")
            self._running.add(submitted)
            submitted.start(partial(self._run, submitted, upstream, arguments))
        submitted.outcome.add_done_callback(lambda _: self._running.discard(submitted))
        return EventLoopFuture(submitted)

    async def _run(
        self, submitted: SubmittedTask[Any], upstream: list[PrefectFuture[Any]], arguments: dict[str, Any]
    ) -> State[Any]:
        if upstream:
            await wait_all(upstream)
        await self._turns.start()
        if arguments["task"].isasync:
            arguments["task"] = self._turns.ending(arguments["task"])
            AsyncClientContext.__var__.set(await self._thread.api_client())
            return cast("State[Any]", await run_task_async(**arguments))
        if SyncClientContext.get() is None:
            SyncClientContext.__var__.set(self._thread.sync_api_client())
        # Prefect looks at the event before each try.
        arguments["context"] = {"cancel_event": submitted.cancel_event}
        return cast("State[Any]", await on_thread(partial(run_task_sync, **arguments)))

    @property
    def running(self) -> list[str]:
        """The names of the tasks that have neither ended nor been cancelled."""
        return sorted(task.name for task in self._running.copy() if not task.cancel_event.is_set())

    def cancel(self) -> None:
        """Cancel all tasks that have not ended, from any thread."""
        for task in self._running.copy():
            task.cancel()

    def end(self) -> list[str]:
        """Cancel what still runs, and block until it has ended, `END_SECONDS` at most.

        Returns:
            The names of the tasks that have not ended by then.
        """
        with self._lock:
            self._has_ended = True
        self._signals.stop()
        if self._watch is not None:
            self._watch.stop()
        if self._parent is not None:
            self._parent.ended_within(self.cancel)
        self.cancel()
        left = self._running.copy()
        self._thread.stop_when_idle()
        seconds = max((task.seconds_to_end for task in left), default=END_SECONDS)
        concurrent.futures.wait([self._thread.ended], seconds)
        endless = [task for task in left if not task.outcome.done()]
        for task in endless:
            task.abandon()
        return sorted(task.name for task in endless)
