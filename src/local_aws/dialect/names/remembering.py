"""Resolving a statement that was resolved before: the same text with the same answers becomes the same statement.

PostgreSQL is asked each time, since its tables may have changed. What follows from its answers is worked out once: for
a script of procedures, which each run of a job deploys anew, that takes most of the time.
"""

from collections.abc import Sequence

from local_aws.dialect.names import resolving
from local_aws.dialect.names.asking import Answer, Asking
from local_aws.dialect.statements.quoted_names import KEEP_CASE

# Some steps for each of the dozens of statements of a job, which come in each of its runs.
REMEMBERED = 2000

# A query to ask, or, where nothing more is asked, the statement itself and True; by the statement and what was answered
# so far, the step that was used last at the end.
_steps: dict[tuple[object, ...], tuple[str, bool]] = {}


def resolve(sql: str, *, thorough: bool = False) -> Asking[str]:
    """Return the statement for PostgreSQL as `resolving.resolve` does; a refusal is worked out each time."""
    statement = (sql, thorough, KEEP_CASE.get())
    asking = resolving.resolve(sql, thorough=thorough)
    # A generator begins with None.
    said: tuple[Answer | None, ...] = (None,)
    told = 0
    while True:
        step = _steps.pop((statement, said), None)
        if step is None:
            step = _next_step(asking, said[told:])
            told = len(said)
        _steps[statement, said] = step
        if len(_steps) > REMEMBERED:
            del _steps[next(iter(_steps))]
        text, is_last = step
        if is_last:
            return text
        said += ((yield text),)


def _next_step(asking: Asking[str], answers: Sequence[Answer | None]) -> tuple[str, bool]:
    """Return the step that follows these answers, which were not told yet."""
    query = ""
    try:
        for answer in answers:
            query = asking.send(answer)  # type: ignore[arg-type]
    except StopIteration as done:
        return str(done.value), True
    return query, False
