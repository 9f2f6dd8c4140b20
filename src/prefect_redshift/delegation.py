"""Methods that pass their call on to the object that does the work, with its signature and documentation."""

from collections.abc import AsyncIterator, Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from prefect_redshift.blocking import Stream

Owner = TypeVar("Owner")
Part = TypeVar("Part")
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def delegate(
    method: Callable[Concatenate[Part, P], R], part_of: Callable[[Owner], Part]
) -> Callable[Concatenate[Owner, P], R]:
    """Make a method that calls `method` of the part that `part_of` returns.

    Example:
        ```python
        class Car:
            def _engine(self) -> Engine: ...

            start = delegate(Engine.start, _engine)
        ```
    """

    @wraps(method)
    def call(owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return method(part_of(owner), *args, **kwargs)

    return call


def stream(
    method: Callable[Concatenate[Part, P], AsyncIterator[T]], part_of: Callable[[Owner], Part]
) -> Callable[Concatenate[Owner, P], Stream[T]]:
    """Make a method that yields what `method` of that part does, to `async for` and to `for`."""

    @wraps(method)
    def call(owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> Stream[T]:
        return Stream(method(part_of(owner), *args, **kwargs))

    return call
