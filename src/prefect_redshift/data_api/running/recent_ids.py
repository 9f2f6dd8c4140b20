"""A bounded memory of statements."""

from collections import OrderedDict


class RecentIds:
    """The ids that were added last; older ones are forgotten.

    Args:
        limit: How many are kept: more than one process has in flight, and a few hundred kilobytes at most.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._limit = limit

    def __contains__(self, statement_id: str) -> bool:
        return statement_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, statement_id: str) -> None:
        """Remember an id, and forget the oldest one where there are too many."""
        self._ids[statement_id] = None
        self._ids.move_to_end(statement_id)
        if len(self._ids) > self._limit:
            self._ids.popitem(last=False)

    def clear(self) -> None:
        """Forget all, as a new process would."""
        self._ids.clear()
