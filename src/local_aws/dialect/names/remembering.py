"""Resolving a statement that was resolved before: the same text with the same answers becomes the same statement.

PostgreSQL is asked each time, since its tables may have changed. What follows from its answers is worked out once: for
a script of procedures, which each run of a job deploys anew, that takes most of the time.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from local_aws.dialect.names import resolving
from local_aws.dialect.names.asking import Answer, Asking
from local_aws.dialect.statements.quoted_names import KEEP_CASE

# Statements, and answers to one query. A job has some dozens, which come in each of its runs.
REMEMBERED = 200


@dataclass(slots=True)
class _Step:
    """A query to ask, or the statement itself where nothing more is asked; and the step that follows each answer."""

    text: str
    is_last: bool
    after: "dict[tuple[object, ...], _Step]" = field(default_factory=dict)


_first_steps: "OrderedDict[tuple[str, bool, bool], _Step]" = OrderedDict()


def resolve(sql: str, *, thorough: bool = False) -> Asking[str]:
    """Return the statement for PostgreSQL as `resolving.resolve` does; a refusal is worked out each time."""
    work = _Work(sql, thorough=thorough)
    key = (sql, thorough, KEEP_CASE.get())
    step = _first_steps.get(key)
    if step is None:
        step = _first_steps[key] = work.step(())
        if len(_first_steps) > REMEMBERED:
            _first_steps.popitem(last=False)
    else:
        _first_steps.move_to_end(key)
    answers: list[Answer] = []
    while not step.is_last:
        answer = yield step.text
        answers.append(answer)
        said = (tuple(answer.columns), answer.sqlstate, answer.message, answer.position)
        if said not in step.after:
            if len(step.after) == REMEMBERED:
                step.after.clear()
            step.after[said] = work.step(answers)
        step = step.after[said]
    return step.text


class _Work:
    """The resolving of one statement, begun when something is not remembered."""

    def __init__(self, sql: str, *, thorough: bool) -> None:
        self._asking = resolving.resolve(sql, thorough=thorough)
        self._has_begun = False
        self._told = 0

    def step(self, answers: Sequence[Answer]) -> _Step:
        """Return the step that follows these answers, of which the first have been told already."""
        try:
            if not self._has_begun:
                self._has_begun = True
                query = next(self._asking)
            for answer in answers[self._told :]:
                query = self._asking.send(answer)
            self._told = len(answers)
        except StopIteration as done:
            return _Step(str(done.value), is_last=True)
        return _Step(query, is_last=False)
