"""A method that passes its call on to the object that does the work, with that method's signature and documentation."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

Owner = TypeVar("Owner")
Part = TypeVar("Part")
P = ParamSpec("P")
R = TypeVar("R")


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
