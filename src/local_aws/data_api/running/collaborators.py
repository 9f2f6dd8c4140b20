"""What running a statement needs of the rest of the stand-in."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_aws.data_api.records.statement import Part, Statement
from local_aws.data_api.records.store import Store
from local_aws.engine.connection import Notice

if TYPE_CHECKING:
    from local_aws.transfer.transfers import Transfers


@dataclass(frozen=True)
class Ran:
    """One part that was run: `number` counts from 0, `started` is seconds since the epoch."""

    statement: Statement
    number: int
    part: Part
    started: float
    notices: Sequence[Notice]


@dataclass(frozen=True)
class Collaborators:
    """`observe` is told of each part; `before_look` is awaited before a statement reads what that has led to.

    While a database is dropped, `kept_out` of it keeps what else would connect to it.
    """

    store: Store
    drop_idle: Callable[[], Awaitable[None]]
    observe: Callable[[Ran], None]
    before_look: Callable[[str], Awaitable[None]]
    kept_out: Callable[[str], AbstractAsyncContextManager[None]]
    transfer: "Transfers"
