"""Cancelling statements and confirming their end, blocking: for threads that no event loop can interrupt."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.aws.paging import Pager
from prefect_redshift.aws.single_call import was_cut_short
from prefect_redshift.data_api.cancelling.cancellation import Cancellation, Unconfirmed
from prefect_redshift.data_api.statement import ENDED_STATUSES, Statement
from prefect_redshift.exceptions import CallError, RedshiftError, TransientCallError

_AT_ONCE = 16
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
# A call with less time than this could not succeed.
_SHORTEST_CALL = 0.05


def cancel_and_confirm(
    client: AwsClient, statement_id: str, name: str, deadline: float
) -> Statement | Unconfirmed:
    """Cancel a statement and wait for its end (API: CancelStatement, DescribeStatement).

    The service may refuse to cancel a statement that has not started yet: it is asked again until it accepts, or until
    the statement has ended. One that has ended already is no error.

    Args:
        client: The client.
        statement_id: The statement.
        name: Its StatementName.
        deadline: By the monotonic clock, in seconds.

    Returns:
        The statement at its end, or why it may still run.
    """
    is_accepted = False
    reason = ""
    pause = _SHORTEST_PAUSE
    while (remaining := deadline - time.monotonic()) > _SHORTEST_CALL:
        try:
            if not is_accepted:
                is_accepted, reason = _ask_to_cancel(client, statement_id, remaining)
            remaining = max(_SHORTEST_CALL, deadline - time.monotonic())
            response = client.request_once("DescribeStatement", {"Id": statement_id}, remaining)
            statement = Statement.from_response(response, name)
            if statement.has_ended:
                return statement
        except TransientCallError as error:
            if not reason or not was_cut_short(error, remaining):
                reason = str(error)
        except CallError as error:
            return Unconfirmed(name=name, id=statement_id, reason=str(error))
        time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
        pause = min(2 * pause, _LONGEST_PAUSE)
    return Unconfirmed(name=name, id=statement_id, reason=reason or "there was no time to cancel it")


def _ask_to_cancel(client: AwsClient, statement_id: str, seconds: float) -> tuple[bool, str]:
    """Return whether the service has accepted it, and what there is to say until the statement has ended."""
    try:
        response = client.request_once("CancelStatement", {"Id": statement_id}, seconds)
    except TransientCallError:
        raise
    except CallError as error:
        if error.code != "ValidationException":
            raise
        return False, str(error)
    if response.get("Status", True):
        return True, "it was asked to end and has not ended yet"
    return False, "the service did not cancel it"


def cancel_by_name(client: AwsClient, name_prefix: str, deadline: float) -> Cancellation:
    """Cancel all running statements whose names start so, and confirm their end."""
    try:
        running = list(find_running(client, name_prefix, deadline))
    except RedshiftError as error:
        return Cancellation.of(Unconfirmed(name=name_prefix, reason=str(error)))
    if not running:
        return Cancellation()
    with ThreadPoolExecutor(min(_AT_ONCE, len(running))) as threads:
        cancel = lambda found: cancel_and_confirm(client, found.id, found.name, deadline)  # noqa: E731
        return Cancellation.of(*threads.map(cancel, running))


def find_running(client: AwsClient, name_prefix: str, deadline: float) -> Iterator[Statement]:
    """Yield the statements so named that have not ended (API: ListStatements, slow: never on the hot path).

    Raises:
        CallError: A call was refused, or failed until the deadline.
    """
    pager = Pager("ListStatements", {"StatementName": name_prefix, "Status": "ALL"})
    more = True
    while more:
        page = client.request_until(pager.operation, pager.inputs, deadline)
        more = pager.turn(page)
        for data in page["Statements"]:
            if data.get("Status") not in ENDED_STATUSES:
                yield Statement.from_response(data, data.get("StatementName", ""))
