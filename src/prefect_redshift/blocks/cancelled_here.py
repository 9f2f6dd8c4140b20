"""What this process has cancelled, so that a flow run can say of itself what ended and what may still run."""

from collections import OrderedDict

from prefect_redshift.data_api.cancelling.cancellation import Cancellation, Unconfirmed
from prefect_redshift.data_api.statement import Statement

# More than one process has in flight at a time.
_LIMIT = 10_000
_outcomes: OrderedDict[str, Statement | Unconfirmed] = OrderedDict()


def remember(outcome: Statement | Unconfirmed) -> None:
    """Remember what became of a statement; the last word on each name counts, and the oldest are forgotten."""
    _outcomes[outcome.name] = outcome
    _outcomes.move_to_end(outcome.name)
    if len(_outcomes) > _LIMIT:
        _outcomes.popitem(last=False)


def cancelled_here(name_prefix: str) -> Cancellation:
    """Return what became of the statements of that name prefix which this process has cancelled, or tried to.

    A flow run that ends early says by it what was confirmed, and names what may still run, with the command that shows
    it: `str(unconfirmed)` is that sentence.
    """
    return Cancellation.of(*(outcome for name, outcome in _outcomes.items() if name.startswith(name_prefix)))
