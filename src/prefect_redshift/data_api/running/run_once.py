"""Running named work to its end once, however often it is asked for."""

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from prefect_redshift.data_api.cancelling.ending import end_first
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.listings import ListedStatement, Listings
from prefect_redshift.data_api.request import Request
from prefect_redshift.data_api.running import names
from prefect_redshift.data_api.running.in_flight import InFlight
from prefect_redshift.data_api.running.recent_ids import RecentIds
from prefect_redshift.data_api.statement import ENDED_STATUSES, UNSUCCESSFUL_STATUSES, Statement
from prefect_redshift.data_api.statement_errors import error_for
from prefect_redshift.exceptions import ChangedWorkError

# What this process has raised already. When the work is asked for again, it is a new attempt that is wanted; a list
# that was made before the first try does not show the failed one.
_raised = RecentIds()


async def attempts_listed(connection: Connection, name: str) -> Sequence[ListedStatement]:
    """Return the attempts at the work of that name in the last 24 hours; none without a name (API: ListStatements).

    Raises:
        CallError: The call was refused.
        ResultError: The service repeats a page.
    """
    if not name:
        return ()
    return [statement async for statement in Listings(connection).list_statements(f"{name}/")]


async def run_once(
    connection: Connection,
    request: Request,
    timeout: float,
    listed: Sequence[ListedStatement],
    *,
    at_most_once: bool = False,
    describe: bool | None = None,
    read_ahead: bool = False,
) -> Statement:
    """Run `request` to its end, picking up where an earlier try at the same work has left off.

    The attempts are walked through in order. One that is listed and finished is the answer; one that runs is awaited;
    one that failed or was aborted is passed over; the first that is not listed is submitted. That happens at most once,
    and its failure is raised. The token of that attempt covers the gap between a submission and its listing.

    An earlier form of the work, which has other SQL, values or predecessors, ends first: it is cancelled if it runs.

    Args:
        connection: The warehouse.
        request: What is to be run; its name is the work's.
        timeout: Seconds.
        listed: What ListStatements showed of the work, and maybe of other work.
        at_most_once: Whether the work may finish in one form only: then an earlier form that has finished, or runs, is
            an error.
        describe: Whether a finished statement is described; by default only a batch.
        read_ahead: Whether the first page of its result is asked for while it runs; then it is described.

    Raises:
        ChangedWorkError: The work may be done once only, and has been in another form.
        StatementError: The new attempt ended otherwise than FINISHED, or an earlier form of the work cannot be ended.
        CallError: A call was refused.
    """
    deadline = time.monotonic() + timeout
    earlier = _attempts(request, listed)
    others = _other_forms(connection, request, earlier)
    if at_most_once and any(statement.status not in UNSUCCESSFUL_STATUSES for statement in others):
        raise ChangedWorkError(request.name)
    for other in others:
        if other.status not in ENDED_STATUSES:
            running = Statement(id=other.id, status=other.status, name=other.name)
            await end_first(connection, running, deadline)
    for number in count(1):
        in_flight = InFlight(connection, request.at_attempt(number))
        known = _best(earlier, in_flight.name)
        if known is not None and known.status in UNSUCCESSFUL_STATUSES:
            continue
        if known is not None:
            in_flight.find(known.id, known.status)
        described = request.is_batch if describe is None else describe
        statement = await _to_the_end(in_flight, deadline, described=described, read_ahead=read_ahead)
        if statement.status not in UNSUCCESSFUL_STATUSES:
            return statement
        if known is None and statement.id not in _raised:
            _raised.add(statement.id)
            raise error_for(statement)
    raise AssertionError("unreachable")


def _attempts(request: Request, listed: Iterable[ListedStatement]) -> Mapping[str, list[ListedStatement]]:
    """Return what is listed of this work, whatever its form, by its StatementName."""
    attempts: dict[str, list[ListedStatement]] = {}
    for statement in listed:
        name = names.parse(statement.name)
        if name is not None and name.work == request.name:
            attempts.setdefault(statement.name, []).append(statement)
    return attempts


def _best(attempts: Mapping[str, list[ListedStatement]], name: str) -> ListedStatement | None:
    """Return the statement of that name that counts: a finished one before one that runs before one that failed."""
    order = {"FINISHED": 0, "FAILED": 2, "ABORTED": 2}
    return min(attempts.get(name, ()), key=lambda statement: order.get(statement.status, 1), default=None)


def _other_forms(
    connection: Connection, request: Request, attempts: Mapping[str, list[ListedStatement]]
) -> list[ListedStatement]:
    """Return the attempts at the work that had other SQL, values, predecessors or another target."""
    others: list[ListedStatement] = []
    for name, statements in attempts.items():
        parsed = names.parse(name)
        if parsed and name != request.at_attempt(parsed.attempt).statement_name(connection.target):
            others += statements
    return others


async def _to_the_end(
    in_flight: InFlight, deadline: float, *, described: bool, read_ahead: bool
) -> Statement:
    try:
        if in_flight.statement is None:
            # How many others are submitted before is not counted.
            deadline += await in_flight.wait_for_turn()
            # Its result can be asked for once its Id is known.
            await in_flight.submit(deadline - time.monotonic(), wait=not read_ahead)
        return await in_flight.end(deadline - time.monotonic(), described=described, read_ahead=read_ahead)
    except BaseException:
        await in_flight.abandon()
        raise
