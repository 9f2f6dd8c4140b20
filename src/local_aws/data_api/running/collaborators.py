"""What running a statement needs of the rest of the stand-in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from local_aws.data_api.records.statement import Part, Statement
from local_aws.data_api.records.store import Store
from local_aws.engine.connection import Connection, Notice


@dataclass(frozen=True)
class Ran:
    """One part that was run: `number` counts from 0, `started` is seconds since the epoch."""

    statement: Statement
    number: int
    part: Part
    started: float
    notices: Sequence[Notice]


class Attendant(Protocol):
    """Serves what procedures ask for while a part runs, until the part has ended."""

    async def __aenter__(self) -> "Attendant":
        """Begin."""

    async def __aexit__(self, *_: object) -> None:
        """End."""

    def hear(self, sqlstate: str, message: str) -> bool:
        """Take a notice of the engine, if it is meant for this."""


class Transfer(Protocol):
    """COPY and UNLOAD."""

    async def run(self, text: str, connection: Connection, statement: Statement, part: Part) -> int | None:
        """Run one and return the number of rows, None for any other text."""

    def attend(self, statement: Statement, number: int) -> Attendant:
        """Return who serves those of procedures that part `number`, counted from 0, calls."""


@dataclass(frozen=True)
class Collaborators:
    """`observe` is told of each part; `before_look` is awaited before a statement reads what that has led to."""

    store: Store
    drop_idle: Callable[[], Awaitable[None]]
    observe: Callable[[Ran], None]
    before_look: Callable[[str], Awaitable[None]]
    transfer: Transfer
