"""The three forms of an operation, as Prefect's own blocks have them: made of the one coroutine that does the work.

`x` fits the place where it is called: awaited in async code, blocking elsewhere. `ax` is always awaited, `x_sync`
always blocks. Inside a flow or task, whether that is `async def` decides; elsewhere, such as in a notebook, whether an
event loop runs.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from prefect.context import get_run_context
from prefect.exceptions import MissingContextError

from prefect_redshift.blocking import blocking, is_on_blocking_loop, run_blocking
from prefect_redshift.delegation import delegate

Owner = TypeVar("Owner")
Part = TypeVar("Part")
P = ParamSpec("P")
R = TypeVar("R")
Async: TypeAlias = Callable[Concatenate[Owner, P], Coroutine[Any, Any, R]]
Blocking: TypeAlias = Callable[Concatenate[Owner, P], R]


def is_in_async_code() -> bool:
    """Whether what the caller calls is awaited there."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    if is_on_blocking_loop():
        return True
    # A sync flow or task that an async flow has called runs on the thread of that flow's event loop.
    try:
        context: Any = get_run_context()
    except MissingContextError:
        return True
    run = getattr(context, "task", None) or getattr(context, "flow", None)
    return bool(getattr(run, "isasync", True))


def itself(owner: Owner) -> Owner:
    """Return the owner, as the part that does the work."""
    return owner


def forms(
    method: Callable[Concatenate[Part, P], Coroutine[Any, Any, R]], part_of: Callable[[Owner], Part]
) -> tuple[Async[Owner, P, R], Async[Owner, P, R], Blocking[Owner, P, R]]:
    """Make the three forms of `method` of the part that `part_of` returns.

    Example:
        ```python
        run, arun, run_sync = forms(DataApi.run, data_api)
        ```
    """
    always_awaited = delegate(method, part_of)
    always_blocking = blocking(always_awaited)

    @wraps(method)
    def fitting(owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        coroutine = method(part_of(owner), *args, **kwargs)
        return coroutine if is_in_async_code() else run_blocking(coroutine)

    name = method.__name__.removeprefix("_")
    for function, its_name in (
        (fitting, name),
        (always_awaited, f"a{name}"),
        (always_blocking, f"{name}_sync"),
    ):
        function.__name__ = its_name
    return fitting, always_awaited, always_blocking
