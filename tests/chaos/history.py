"""What the statements of flow runs show: what was done twice, and what was not done again though it had to be."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.sales import SALES

LOADS = [step.name for step in SALES.loads]
SETUP = SALES.setup.name if SALES.setup else ""


@dataclass(frozen=True)
class Done:
    """One statement of a step.

    Attributes:
        flow_run: `flow/flow run`.
        step: The step's name.
        status: How it stands.
        place: Its place in the order of submissions.
        sql: What it ran.
        found_failures: Whether it is a validation that found something wrong.
    """

    flow_run: str
    step: str
    status: str
    place: float
    sql: str
    found_failures: bool = False


def predecessors(step: str, *, destroys: bool) -> Sequence[str]:
    """Return the steps that a step comes after, by the job's declaration."""
    if step == SETUP:
        return [] if destroys else [SALES.deploy]
    if step == SALES.deploy:
        return []
    for load in SALES.loads:
        if load.name == step:
            return [*SALES.first_steps, *SALES.loads_before(load)]
    return [*SALES.first_steps, *LOADS]


class History:
    """The statements of the flow runs of one database.

    Args:
        statements: All of them.
        destroys: Whether their setup drops tables, which may finish once in a flow run, whatever was changed.
    """

    def __init__(self, statements: Iterable[Done], *, destroys: bool = False) -> None:
        self._destroys = destroys
        self._steps: dict[tuple[str, str], list[Done]] = defaultdict(list)
        for each in sorted(statements, key=lambda statement: statement.place):
            self._steps[each.flow_run, each.step].append(each)

    def finished(self, flow_run: str, step: str) -> list[Done]:
        """Return the statements of a step that finished, in the order of their submissions."""
        return [each for each in self._steps.get((flow_run, step), []) if each.status == "FINISHED"]

    def doubled(self) -> list[str]:
        """Return the steps that were executed again after they had finished, though nothing called for it."""
        return [
            f"{flow_run}/{step}: {[each.status for each in statements]}"
            for (flow_run, step), statements in self._steps.items()
            if any(
                not self._is_called_for(first, again)
                for first, again in pairwise(self.finished(flow_run, step))
            )
        ]

    def _is_called_for(self, first: Done, again: Done) -> bool:
        if self._destroys and first.step == SETUP:
            return False
        if first.sql != again.sql:
            return True
        between = self._between(first, again)
        validation = SALES.validate
        is_after_validation = first.step in LOADS or first.step.startswith(validation)
        return between(lambda each: each.step in predecessors(first.step, destroys=self._destroys)) or (
            is_after_validation and (first.found_failures or between(lambda each: each.found_failures))
        )

    def _between(self, first: Done, again: Done) -> Callable[[Callable[[Done], bool]], bool]:
        """Return what tells whether something of a kind finished that was submitted between the two."""
        others = [
            each
            for (flow_run, _), statements in self._steps.items()
            for each in statements
            if flow_run == first.flow_run and first.place < each.place < again.place
        ]
        return lambda is_it: any(each.status == "FINISHED" and is_it(each) for each in others)

    def lost(self, flow_run: str, steps: Iterable[str], marks: Mapping[str, str]) -> list[str]:
        """Return what a flow run that ended well lacks.

        Args:
            flow_run: `flow/flow run`.
            steps: Those that must have finished.
            marks: What must be in the SQL of the last statement of a step, which was edited.
        """
        last = {step: done[-1] for step in steps if (done := self.finished(flow_run, step))}
        missing = [f"{step} did not finish" for step in steps if step not in last]
        unedited = [
            f"{step} has not run as edited" for step in last if marks.get(step, "") not in last[step].sql
        ]
        outdated = [
            f"{step} is older than {before}"
            for step in last
            for before in predecessors(step, destroys=self._destroys)
            if before in last and last[before].place > last[step].place
        ]
        return missing + unedited + outdated
