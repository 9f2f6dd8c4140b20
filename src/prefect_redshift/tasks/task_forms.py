"""Async tasks that work in sync flows and scripts as well: called there, they block."""

from collections.abc import Callable, Coroutine
from copy import copy
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar

from prefect import Task

from prefect_redshift.blocking import blocking
from prefect_redshift.blocks.forms import is_in_async_code
from prefect_redshift.tasks.options import RETRIED, TaskOptions

P = ParamSpec("P")
R = TypeVar("R")


class RedshiftTask(Task[P, Coroutine[Any, Any, R]], Generic[P, R]):
    """An async task; called where nothing can be awaited, it runs its blocking form.

    Attributes:
        aio: The same task, which is always awaited.
        sync: The same task, which always blocks.
    """

    aio: Task[P, Coroutine[Any, Any, R]]
    sync: Task[P, R]

    @classmethod
    def of(
        cls, fn: Callable[P, Coroutine[Any, Any, R]], options: TaskOptions = RETRIED
    ) -> "RedshiftTask[P, R]":
        """Make a task of `fn`, which is tried again after what passes unless `options` say otherwise."""
        made = cls(fn, **options)
        made.aio = Task(fn, **options)
        made.sync = Task(blocking(fn), **options)
        return made

    def with_options(self, **options: Any) -> Self:
        """Return the same task with other options, as Prefect's own does."""
        other = copy(self)
        other.__dict__.update(super().with_options(**options).__dict__)
        other.aio, other.sync = self.aio.with_options(**options), self.sync.with_options(**options)
        return other

    if not TYPE_CHECKING:  # its types are those of Prefect's own

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            """Run the task: awaited in async code, blocking elsewhere."""
            return super().__call__(*args, **kwargs) if is_in_async_code() else self.sync(*args, **kwargs)
