"""What a statement without a name is called in a flow of one's own, the same for each try at the flow run.

It is known by the flow run, the task, its SQL and values, and its ordinal among equals: the second of two equal inserts
is work of its own, and is the second one again when the flow run is retried.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import count

from prefect import runtime

from prefect_redshift.tasks.names import prefix_of_this_run

# Tries at flow runs of which the ordinals are remembered: as many as one process may have under way at once.
KEPT_TRIES = 1_000


class _Ordinals:
    """Counts equal work in each try at a flow run; a task run that is tried again keeps its number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, dict[str, int]] = OrderedDict()

    def of(self, a_try: str, work: str, task_run: str) -> int:
        """Return the number of a task run among those that do the same work in this try."""
        with self._lock:
            known = self._tries.setdefault(a_try, {})
            self._tries.move_to_end(a_try)
            while len(self._tries) > KEPT_TRIES:
                self._tries.popitem(last=False)
            if task_run not in known:
                numbers = count(1)
                taken = {number for other, number in known.items() if other.startswith(f"{work} ")}
                known[f"{work} {task_run}"] = known[task_run] = next(n for n in numbers if n not in taken)
            return known[task_run]


_ordinals = _Ordinals()


def name_of_unnamed(sql: str | Sequence[str], parameters: Mapping[str, object]) -> str:
    """Return what a statement of the current task run is called that was given no name."""
    if not runtime.flow_run.id:
        # A task that a script calls has nothing but itself to be known by.
        return f"{runtime.task_run.task_name}/{runtime.task_run.id}"
    content = json.dumps(
        [sql if isinstance(sql, str) else list(sql), dict(parameters)], sort_keys=True, default=str
    )
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    work = f"{runtime.task_run.task_name}/{digest}"
    a_try = f"{runtime.flow_run.id}/{runtime.flow_run.run_count}"
    return f"{prefix_of_this_run()}{work}/{_ordinals.of(a_try, work, str(runtime.task_run.id))}"


def is_first_try() -> bool:
    """Whether nothing of this flow run can have been submitted by an earlier try."""
    return bool(runtime.flow_run.run_count <= 1)
