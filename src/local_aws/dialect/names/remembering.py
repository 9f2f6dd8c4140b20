"""Resolving a statement that was resolved before: the same text with the same answers becomes the same statement.

PostgreSQL is asked each time, since its tables may have changed. What follows from its answers is worked out once: for
a script of procedures, which each run of a job deploys anew, that takes most of the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from local_aws.dialect.names import resolving
from local_aws.dialect.names.asking import Answer, Asking
from local_aws.dialect.statements.quoted_names import KEEP_CASE

# Some steps for each of the dozens of statements of a job, which come in each of its runs.
REMEMBERED = 2000
STATEMENTS_REMEMBERED = 200


@dataclass(eq=False, slots=True)
class _Step:
    """A query to ask, or the statement itself where nothing more is asked."""

    text: str
    is_last: bool


# By the statement or the step before, and the answer to that; the one that was used last is at the end.
_steps: dict[tuple[object, Answer | None], _Step] = {}
# What was asked about each statement the last time.
_questions: dict[object, list[str]] = {}


def resolve(sql: str, *, thorough: bool = False) -> Asking[str]:
    """Return the statement for PostgreSQL as `resolving.resolve` does; a refusal is worked out each time."""
    before: object = (sql, thorough, KEEP_CASE.get())
    statement, questions = before, list[str]()
    asking = resolving.resolve(sql, thorough=thorough)
    # What `asking` was not told yet; a generator begins with None.
    untold: list[Answer | None] = [None]
    while True:
        key = before, untold[-1]
        step = _steps.pop(key, None)
        if step is None:
            step = _next_step(asking, untold)
            untold.clear()
        _steps[key] = step
        if len(_steps) > REMEMBERED:
            del _steps[next(iter(_steps))]
        if step.is_last:
            _questions.pop(statement, None)
            _questions[statement] = questions
            if len(_questions) > STATEMENTS_REMEMBERED:
                del _questions[next(iter(_questions))]
            return step.text
        questions.append(step.text)
        untold.append((yield step.text))
        before = step


def questions_before(sql: str, *, thorough: bool = False) -> Sequence[str]:
    """Return the queries that `resolve` yielded for the statement the last time, which it most likely yields again.

    Whoever drives it may ask them all at once: what PostgreSQL answers to one does not depend on the others.
    """
    return _questions.get((sql, thorough, KEEP_CASE.get()), ())


def _next_step(asking: Asking[str], answers: Sequence[Answer | None]) -> _Step:
    query = ""
    try:
        for answer in answers:
            query = asking.send(answer)  # type: ignore[arg-type]
    except StopIteration as done:
        return _Step(str(done.value), is_last=True)
    return _Step(query, is_last=False)
