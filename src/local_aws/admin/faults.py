"""Faults on order: each has a probability, a count and a seed, so that a test meets the same ones every time."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any

from local_aws.wire.service_errors import ApiError

# README.md says what each of them does.
KINDS = tuple(
    """latency throttle wrapped_throttle server_error error drop_before drop_after ignore_wait unknown_status slow_start
    abort fail forget_token active_limit waiting_limit session_limit""".split()  # noqa: SIM905
)
WRAPPED = (
    "Failed to get credentials: Rate exceeded (Service: RedshiftServerless, Status Code: 400) "
    "ThrottlingException (RedshiftServerless)"
)
ERRORS = {
    "throttle": ("ThrottlingException", "Rate exceeded"),
    "wrapped_throttle": ("ValidationException", WRAPPED),
    "server_error": ("InternalServerException", ""),
}


@dataclass
class Fault:
    """One fault. `operation` "*" is any; `statement_name` is a prefix; `count` None is without end.

    One with an `access_key_id` concerns only calls that are signed with it.
    """

    kind: str
    operation: str = "*"
    statement_name: str | None = None
    access_key_id: str | None = None
    probability: float = 1.0
    count: int | None = None
    seed: int = 0
    seconds: float = 0.0
    limit: int = 0
    status: str = "UNKNOWN"
    code: str = "InternalServerException"
    message: str = "Injected by the local stand-in."
    id: str = ""
    hits: int = 0
    _dice: random.Random = field(init=False, repr=False, default_factory=random.Random)
    _removed: asyncio.Event = field(init=False, repr=False, default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - it must repeat itself

    def strikes(self) -> bool:
        """Throw the dice for one call that the fault is meant for, and count it if it strikes."""
        if self.count is not None and self.hits >= self.count:
            return False
        if self._dice.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def show(self) -> dict[str, Any]:
        """Return the fault as the admin API shows it."""
        return {item.name: getattr(self, item.name) for item in fields(self) if not item.name.startswith("_")}

    async def hold(self) -> None:
        """Return after `seconds`, or when the fault is removed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._removed.wait(), self.seconds)

    def release(self) -> None:
        """Let go what is held, since the fault is removed."""
        self._removed.set()

    def as_error(self) -> ApiError:
        """Return the exception that a fault of a refusing kind answers with."""
        code, message = ERRORS.get(self.kind, (self.code, self.message))
        return ApiError(code, message or self.message)


REFUSING = ("throttle", "wrapped_throttle", "server_error", "error")
SETTABLE = {item.name: item.type for item in fields(Fault) if item.init and item.name not in ("id", "hits")}


class Faults:
    """The faults in force, in the order in which they were made."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._made = 0

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Make a fault from the members of a JSON object; raise ValidationException for what it cannot be."""
        if unknown := set(wanted) - set(SETTABLE):
            raise ApiError("ValidationException", f"a fault has no {', '.join(sorted(unknown))}")
        if wanted.get("kind") not in KINDS:
            raise ApiError("ValidationException", f"kind must be one of {', '.join(KINDS)}")
        fault = Fault(**wanted)
        self._made += 1
        fault.id = f"fault-{self._made}"
        self._faults[fault.id] = fault
        return fault

    def all(self) -> list[Fault]:
        """Return every fault."""
        return list(self._faults.values())

    def remove(self, fault_id: str | None = None) -> None:
        """Remove one fault, or all of them."""
        if fault_id is not None and fault_id not in self._faults:
            raise ApiError("ResourceNotFoundException", f"there is no {fault_id}", http_status=404)
        for removed in list(self._faults) if fault_id is None else [fault_id]:
            self._faults.pop(removed).release()

    def hit(
        self,
        kind: str | tuple[str, ...],
        operation: str | None,
        name: str | None = None,
        access_key_id: str | None = None,
        *,
        is_named: bool = False,
    ) -> Fault | None:
        """Return the first fault of these kinds that strikes; without an operation it concerns a statement.

        With `is_named`, those of any operation are left out.
        """
        if not self._faults:
            return None
        kinds = (kind,) if isinstance(kind, str) else kind
        for fault in self._faults.values():
            anywhere = operation is None or (fault.operation == "*" and not is_named)
            meant = fault.kind in kinds and (anywhere or fault.operation == operation)
            meant = meant and fault.access_key_id in (None, access_key_id)
            if meant and (name or "").startswith(fault.statement_name or "") and fault.strikes():
                return fault
        return None
