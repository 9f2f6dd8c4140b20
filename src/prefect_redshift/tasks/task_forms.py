"""Async tasks that work in sync flows and scripts as well: called there, they block."""

from collections.abc import Callable, Coroutine
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar

from prefect import Task

from prefect_redshift.blocking import blocking
from prefect_redshift.blocks.forms import is_in_async_code
from prefect_redshift.tasks.options import RETRIED, TaskOptions

P = ParamSpec("P")
R = TypeVar("R")


class RedshiftTask(Task[P, Coroutine[Any, Any, R]], Generic[P, R]):
    """An async task; called where nothing can be awaited, it runs its blocking form."""

    _made_from: "tuple[RedshiftTask[P, R], dict[str, Any]] | None" = None
    _options: TaskOptions

    @classmethod
    def of(
        cls, fn: Callable[P, Coroutine[Any, Any, R]], options: TaskOptions = RETRIED
    ) -> "RedshiftTask[P, R]":
        """Make a task of `fn`, which is tried again after what passes unless `options` say otherwise."""
        made = cls(fn, **options)
        made._options = options
        return made

    # Made when they are wanted: Prefect reads a task's source each time it makes one.
    @cached_property
    def aio(self) -> Task[P, Coroutine[Any, Any, R]]:
        """The same task, which is always awaited."""
        if self._made_from is None:
            return Task(self.fn, **self._options)
        task, options = self._made_from
        return task.aio.with_options(**options)

    @cached_property
    def sync(self) -> Task[P, R]:
        """The same task, which always blocks."""
        if self._made_from is None:
            return Task(blocking(self.fn), **self._options)
        task, options = self._made_from
        return task.sync.with_options(**options)

    def with_options(self, **options: Any) -> Self:
        """Return the same task with other options, as Prefect's own does."""
        other = copy(self)
        for form in ("aio", "sync"):
            other.__dict__.pop(form, None)
        other.__dict__.update(super().with_options(**options).__dict__)
        other._made_from = (self, options)
        return other

    if not TYPE_CHECKING:  # its types are those of Prefect's own

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            """Run the task: awaited in async code, blocking elsewhere."""
            return super().__call__(*args, **kwargs) if is_in_async_code() else self.sync(*args, **kwargs)
