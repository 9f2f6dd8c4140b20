"""Turns of an event loop, so that tasks which start or end by the hundred do not keep it from everything else."""

import asyncio
import inspect
from collections import deque
from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any

from prefect import Task


class Turns:
    """Lets one task go on in each turn of the event loop: one whose work has ended before one that is to start.

    Prefect's work at a task's start and at its end takes milliseconds. Between two of these, the loop does whatever
    else is ready: above all, each task learns that what it waits for has ended. To be used on one event loop.
    """

    def __init__(self) -> None:
        self._ended: deque[asyncio.Future[None]] = deque()
        self._starting: deque[asyncio.Future[None]] = deque()
        self._is_due = False

    async def start(self) -> None:
        """Wait for the turn of a task that is to start."""
        await self._turn(self._starting)

    def ending(self, task: "Task[..., Any]") -> "Task[..., Any]":
        """Return the same task, which after its work waits for the turn of what Prefect does at its end."""
        if not inspect.iscoroutinefunction(task.fn):
            return task
        other = copy(task)
        other.fn = self._before_a_turn(task.fn)
        return other

    def _before_a_turn(self, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        async def run(*args: Any, **kwargs: Any) -> Any:
            try:
                result = await work(*args, **kwargs)
            except Exception:
                await self._turn(self._ended)
                raise
            await self._turn(self._ended)
            return result

        # So Prefect's cache keys are those of the task's own code.
        run.__prefect_task_source__ = work  # type: ignore[attr-defined]
        return run

    async def _turn(self, waiting: "deque[asyncio.Future[None]]") -> None:
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        waiting.append(turn)
        if not self._is_due:
            self._is_due = True
            loop.call_soon(self._next)
        await turn

    def _next(self) -> None:
        self._is_due = False
        for waiting in (self._ended, self._starting):
            while waiting:
                turn = waiting.popleft()
                if turn.done():  # its task was cancelled
                    continue
                turn.set_result(None)
                self._is_due = True
                asyncio.get_running_loop().call_soon(self._next)
                return
