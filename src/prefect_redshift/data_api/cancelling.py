"""Cancelling statements and confirming their end, blocking: for threads that no event loop can interrupt."""

import time
from collections.abc import Iterator

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.aws.paging import Pager
from prefect_redshift.data_api.statement import ENDED_STATUSES, Statement
from prefect_redshift.exceptions import CallError, TransientCallError

# How long a cancelled statement's end is waited for. Prefect kills a process 30 seconds after it asked it to end.
CONFIRM_SECONDS = 4.0


def cancel_and_confirm(client: AwsClient, statement_id: str, name: str) -> Statement:
    """Cancel a statement and wait for its end for `CONFIRM_SECONDS` (API: CancelStatement, DescribeStatement).

    A statement that has ended already is no error.

    Raises:
        CallError: A call was refused, or failed until the time was over.
    """
    deadline = time.monotonic() + CONFIRM_SECONDS
    asked = False
    while True:
        try:
            if not asked:
                asked = _ask_to_cancel(client, statement_id)
            response = client.request_once("DescribeStatement", {"Id": statement_id})
            statement = Statement.from_response(response, name)
            if statement.has_ended or time.monotonic() > deadline:
                return statement
        except TransientCallError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def _ask_to_cancel(client: AwsClient, statement_id: str) -> bool:
    """Return whether the service has accepted it, or has nothing left to cancel."""
    try:
        return bool(client.request_once("CancelStatement", {"Id": statement_id}).get("Status", True))
    except CallError as error:
        if error.code == "ValidationException" and not isinstance(error, TransientCallError):
            return True
        raise


def cancel_by_name(client: AwsClient, name_prefix: str) -> list[Statement]:
    """Cancel all running statements whose names start so, and return them at their end."""
    running = list(find_running(client, name_prefix))
    return [cancel_and_confirm(client, statement.id, statement.name) for statement in running]


def find_running(client: AwsClient, name_prefix: str) -> Iterator[Statement]:
    """Yield the statements so named that have not ended (API: ListStatements, slow: never on the hot path)."""
    pager = Pager("ListStatements", {"StatementName": name_prefix, "Status": "ALL"})
    more = True
    while more:
        page = client.request_once(pager.operation, pager.inputs)
        more = pager.turn(page)
        for data in page["Statements"]:
            if data.get("Status") not in ENDED_STATUSES:
                yield Statement.from_response(data, data.get("StatementName", ""))
