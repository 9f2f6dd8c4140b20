"""Where `prefect deploy` and `serve` find a flow that a function of this package has made."""

from collections.abc import Callable
from types import FrameType
from typing import Any


def found_at(fn: Callable[..., Any], caller: FrameType, variable: str) -> None:
    """Make a function known as `variable` of the module that makes a flow of it: so Prefect finds the flow.

    Args:
        fn: The flow's function.
        caller: The frame of that module.
        variable: The name to which the module assigns the flow.
    """
    fn.__module__ = str(caller.f_globals["__name__"])
    fn.__name__ = fn.__qualname__ = variable
