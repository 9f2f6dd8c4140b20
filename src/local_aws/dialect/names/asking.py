"""Asking PostgreSQL, which knows all names: queries that are parsed and described, and never run.

A rule that needs names is a generator: it yields a query and is sent an Answer. So it needs no connection of its own,
and whoever has one drives it.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """The names of a query's columns, or why it has none; `position` counts characters from 1, 0 is nowhere."""

    columns: tuple[str, ...]
    sqlstate: str = ""
    message: str = ""
    position: int = 0


Asking = Generator[str, Answer, T]


def relay(asking: Asking[T], ask: Callable[[str], Asking[Answer]]) -> Asking[T]:
    """Return what `asking` comes to when `ask` asks its queries."""
    try:
        query = next(asking)
        while True:
            query = asking.send((yield from ask(query)))
    except StopIteration as done:
        found: T = done.value
        return found


# Words of constructs that need names.
RULE_WORDS = frozenset(("exclude", "qualify", "pivot", "unpivot", "all", "+"))
# What PostgreSQL says of names that it can't find, and of what cannot be read as names.
UNKNOWN_NAME = frozenset(("42703", "42P01", "3F000", "0A000", "42601"))
# What it says of a guess that was wrong.
WRONG = UNKNOWN_NAME | {"42883", "42804", "42809"}
