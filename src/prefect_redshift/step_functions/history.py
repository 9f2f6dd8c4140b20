"""The events of an execution: which states it has entered, and which of them failed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from prefect_redshift.aws.paging import Pager
from prefect_redshift.step_functions.names import CANCEL_STATE

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
        """Read a HistoryEvent."""
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
        """Return the events since it was read last, oldest first (API: GetExecutionHistory).

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
        """Return the state that failed: not one that only reports it or cleans up, nor what was caught on the way."""
        newest_first = [self._events[number] for number in sorted(self._events, reverse=True)]
        failure = next((event for event in newest_first if event.is_failure), None)
        if failure is None:
            return self._state_of(newest_first[0]) if newest_first else ""
        if failure.kind != "FailStateEntered":
            return self._state_of(failure) or failure.state
        path = self._path_to(failure)
        return self._state_of(self._caught_on(path) or path[-1]) or failure.state

    def _path_to(self, failure: Event) -> list[Event]:
        """Return the events that led to a Fail state, oldest first, up to where the machine began to cancel."""
        path = [*self._back_from(failure)][::-1]
        cancels = (number for number, event in enumerate(path) if _begins_to_cancel(event))
        return path[: next(cancels, len(path))] or path

    def _caught_on(self, path: Sequence[Event]) -> Event | None:
        """Return what failed and was caught on the way to a Fail state, if that is how it came to be."""
        for earlier, later in pairwise(path):
            if later.kind.endswith("StateExited"):
                if earlier.is_failure:
                    return earlier
                if earlier.kind in _PASSED_ON:
                    inside = [e for e in self._events.values() if e.is_failure and e.id < earlier.id]
                    return max(inside, key=lambda e: e.id, default=None)
        return None

    def _state_of(self, event: Event) -> str:
        states = (e.state for e in self._back_from(event) if e.kind != "FailStateEntered")
        return next(filter(None, states), "")

    def _back_from(self, event: Event | None) -> Iterator[Event]:
        while event is not None:
            yield event
            event = self._events.get(event.previous_id)

    def last_state(self) -> str:
        """Return the state that was entered last."""
        entered = [event for event in self._events.values() if event.enters_state]
        return max(entered, key=lambda event: event.id).state if entered else ""


def _begins_to_cancel(event: Event) -> bool:
    return event.enters_state and event.state == CANCEL_STATE
