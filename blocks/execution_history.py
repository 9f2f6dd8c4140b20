"""The events of an execution: which states it has entered, and which of them failed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from blocks.paging import Pager

# Pages of GetExecutionHistory: all that happened before the first look, then what is new.
FIRST_PAGE, NEXT_PAGE = 1000, 100
_ENDS = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"})
# They only pass on what failed inside of them.
_PASSED_ON = frozenset({"ParallelStateFailed", "MapStateFailed", "MapIterationFailed", "MapRunFailed"})

RequestCall: TypeAlias = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Event:
    """One event (API: HistoryEvent), without its data.

    Attributes:
        kind: The API's `type`, such as TaskStateEntered.
        previous_id: The event that led to this one; 0 for the first.
        state: The state that was entered or left, empty for other events.
    """

    id: int
    kind: str
    previous_id: int
    state: str

    @property
    def enters_state(self) -> bool:
        """Whether a state was entered."""
        return self.kind.endswith("StateEntered")

    @property
    def is_failure(self) -> bool:
        """Whether something failed here, as opposed to passing on what failed elsewhere."""
        if self.kind in _ENDS or self.kind in _PASSED_ON:
            return False
        return self.kind == "FailStateEntered" or self.kind.endswith(("Failed", "TimedOut"))

    @classmethod
    def from_response(cls, data: Mapping[str, Any]) -> "Event":
        """Reads a HistoryEvent."""
        details = data.get("stateEnteredEventDetails") or data.get("stateExitedEventDetails") or {}
        return cls(data["id"], data["type"], data.get("previousEventId", 0), details.get("name", ""))


class ExecutionHistory:
    """What has happened in an execution so far, as far as it was read.

    Args:
        request: Makes a call.
        arn: The execution.
    """

    def __init__(self, request: RequestCall, arn: str) -> None:
        self._request = request
        self._arn = arn
        self._events: dict[int, Event] = {}

    async def read(self) -> list[Event]:
        """The events since it was read last, oldest first (API: GetExecutionHistory, newest first, without data).

        Raises:
            CallError: A call was refused.
            ResultError: The service repeats a page.
        """
        inputs = {
            "executionArn": self._arn,
            "reverseOrder": True,
            "includeExecutionData": False,
            "maxResults": NEXT_PAGE if self._events else FIRST_PAGE,
        }
        pager = Pager("GetExecutionHistory", inputs)
        new: dict[int, Event] = {}
        more = True
        while more:
            page = await self._request(pager.operation, pager.inputs)
            events = {data["id"]: Event.from_response(data) for data in page["events"]}
            new |= events
            more = pager.turn(page) and not events.keys() & self._events.keys()
        new = {number: event for number, event in sorted(new.items()) if number not in self._events}
        self._events |= new
        return list(new.values())

    @property
    def has_ended(self) -> bool:
        """Whether the execution's end was read."""
        return bool(self._events) and self._events[max(self._events)].kind in _ENDS

    def failed_state(self) -> str:
        """The state that failed: the one that led to the failure, not a Fail state that only reports it."""
        newest_first = [self._events[number] for number in sorted(self._events, reverse=True)]
        failure = next((event for event in newest_first if event.is_failure), None)
        event = failure or next(iter(newest_first), None)
        while event is not None and (not event.state or event.kind == "FailStateEntered"):
            event = self._events.get(event.previous_id)
        return event.state if event else (failure.state if failure else "")

    def last_state(self) -> str:
        """The state that was entered last."""
        entered = [event for event in self._events.values() if event.enters_state]
        return max(entered, key=lambda event: event.id).state if entered else ""
