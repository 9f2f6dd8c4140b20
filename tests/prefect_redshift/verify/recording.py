"""What went over the wire in a run, and the same run again without a service, with one thing answered otherwise."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from prefect_redshift.verify.ask import Ask, Means
from prefect_redshift.verify.place import Place
from prefect_redshift.verify.probe import NotAskedError, Observed, Probe, UnexpectedEndError
from prefect_redshift.verify.wire import Answer, Wire

OTHER = "something else"
STATUSES = ("FINISHED", "FAILED", "ABORTED", "STARTED")
# Of a long list, so many of the first and the last elements are changed.
CHANGED = 12


@dataclass(frozen=True)
class Exchange:
    """One call and its answer."""

    service: str
    operation: str
    inputs: Mapping[str, Any]
    answer: Answer


class Recorder:
    """Passes calls on, and keeps them by probe."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.exchanges: dict[str, list[Exchange]] = defaultdict(list)

    def of(self, probe: str) -> Wire:
        """Return what makes and keeps the calls of a probe."""
        return _RecordedWire(self._wire, self.exchanges[probe])


@dataclass
class _RecordedWire:
    wire: Wire
    kept: list[Exchange]

    async def call(
        self, service: str, operation: str, inputs: Mapping[str, Any], *, once: bool = False
    ) -> Answer:
        place = len(self.kept)
        answer = await self.wire.call(service, operation, inputs, once=once)
        self.kept.insert(min(place, len(self.kept)), Exchange(service, operation, dict(inputs), answer))
        return answer

    async def pause(self, seconds: float) -> None:
        await self.wire.pause(seconds)


class OutOfAnswersError(Exception):
    """More is asked than was recorded: what was changed keeps the probe waiting."""


class Replay:
    """Answers as it was recorded; where the inputs have changed, by the next answer of the same operation."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        self._left = list(exchanges)
        self._all = exchanges
        self._calls = 0

    async def call(
        self, service: str, operation: str, inputs: Mapping[str, Any], *, once: bool = False
    ) -> Answer:
        await asyncio.sleep(0)
        self._calls += 1
        alike = [e for e in self._left if (e.service, e.operation) == (service, operation)]
        same = [e for e in alike if e.inputs == inputs]
        if self._calls > 2 * len(self._all) + 20:
            raise OutOfAnswersError
        if not alike:
            # A poll that goes on gets the last answer again.
            alike = [e for e in self._all if (e.service, e.operation) == (service, operation)][-1:]
            if not alike:
                raise OutOfAnswersError
            return alike[0].answer
        found = (same or alike)[0]
        self._left.remove(found)
        return found.answer

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(0)


async def replayed(probe: Probe, exchanges: list[Exchange], place: Place, means: Means) -> Observed | None:
    """Ask a probe again on recorded answers; None where it could not be asked."""
    wire = Replay(exchanges)
    ask = Ask(wire, Place(wire, place.target, place.name), probe.id, means)
    try:
        answer = await probe.ask(ask)
    except UnexpectedEndError as error:
        return Observed(error.answer)
    except (NotAskedError, OutOfAnswersError, LookupError, TypeError, ValueError, AttributeError):
        return None
    return answer if isinstance(answer, Observed) else Observed(answer)


def changed(exchanges: list[Exchange]) -> Iterator[list[Exchange]]:
    """Yield the exchanges again and again, each time with one thing of one answer changed, or of all equal calls."""
    yield from _all_refused(exchanges)
    for number, exchange in enumerate(exchanges):
        for answer in _others(exchange.answer):
            yield [*exchanges[:number], replace(exchange, answer=answer), *exchanges[number + 1 :]]


def _all_refused(exchanges: list[Exchange]) -> Iterator[list[Exchange]]:
    for first in exchanges:
        alike = [e for e in exchanges if e.inputs == first.inputs and e.answer.code == first.answer.code]
        if len(alike) > 1 and alike[0] is first:
            yield [
                replace(e, answer=replace(e.answer, code="OtherException")) if e in alike else e
                for e in exchanges
            ]


def _others(answer: Answer) -> Iterator[Answer]:
    yield replace(answer, seconds=0.0)
    yield replace(answer, seconds=answer.seconds + 100)
    yield replace(answer, code="" if answer.code else "OtherException")
    yield replace(answer, code="OtherException")
    yield replace(answer, words=OTHER)
    for data in changed_value(answer.data):
        yield replace(answer, data=data)


def changed_value(value: Any) -> Iterator[Any]:
    """Yield values that differ from a value of an answer in one thing."""
    match value:
        case bool():
            yield not value
        case str():
            yield OTHER
            yield from (status for status in STATUSES if value in STATUSES and status != value)
        case int() | float():
            yield from (value + 1, -value - 1)
        case datetime():
            yield value + timedelta(days=1)
        case Mapping():
            yield from _changed_members(value)
        case list():
            yield from _changed_elements(value)


def _changed_members(value: Mapping[str, Any]) -> Iterator[Any]:
    if "isNull" in value:
        yield {"stringValue": OTHER}
    if "Status" in value:
        yield from ({**value, name: OTHER} for name in ("Error", "SessionId") if name not in value)
    for name, held in value.items():
        yield {other: kept for other, kept in value.items() if other != name}
        yield from ({**value, name: other} for other in changed_value(held))


def _changed_elements(value: list[Any]) -> Iterator[Any]:
    if value:
        yield value[:-1]
        yield [*value, value[-1]]
    for number in sorted({*range(len(value))[:CHANGED], *range(len(value))[-CHANGED:]}):
        yield from ([*value[:number], other, *value[number + 1 :]] for other in changed_value(value[number]))


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Return each part of an answer by where it is; what is empty is a part as well."""
    if isinstance(value, Mapping) and value:
        return {k: v for name, held in value.items() for k, v in leaves(held, f"{path}.{name}").items()}
    if isinstance(value, list) and value:
        return {
            k: v for number, held in enumerate(value) for k, v in leaves(held, f"{path}[{number}]").items()
        }
    return {path: value}
