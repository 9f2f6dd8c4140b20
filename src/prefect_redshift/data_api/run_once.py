"""Running a named request to its end once, however often it is asked for."""

from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.in_flight import InFlight
from prefect_redshift.data_api.request import Request
from prefect_redshift.data_api.statement import UNSUCCESSFUL_STATUSES, Statement
from prefect_redshift.data_api.statement_errors import error_for

# Statements whose failure this process has raised already: when the work is asked for again, it is tried anew.
_raised: set[str] = set()


async def run_once(connection: Connection, request: Request, timeout: float) -> Statement:
    """Run `request` to its end; a request of the same name that was sent before is picked up where it is.

    Attempts are numbered, and each has a ClientToken that follows from the request's name and that number: for a token
    it knows, the service answers with the statement it ran for it. So the attempts made so far are walked through, by
    this process or an earlier one, at two calls each and without a list of statements: one that runs is waited for, one
    that finished is the answer, and after the last that failed comes a new one.

    Raises:
        StatementError: This attempt ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    number = 1
    while True:
        in_flight = InFlight(connection, request.attempt(number))
        statement = await _to_the_end(in_flight, timeout)
        if statement.status not in UNSUCCESSFUL_STATUSES:
            return statement
        failed_earlier = statement.id in _raised or in_flight.was_submitted_before
        if not failed_earlier:
            _raised.add(statement.id)
            raise error_for(statement)
        number += 1


async def _to_the_end(in_flight: InFlight, timeout: float) -> Statement:
    try:
        await in_flight.submit()
        return await in_flight.end(timeout)
    except BaseException:
        await in_flight.abandon()
        raise
