"""The transaction that loads files into a table: once under its name, again where another one was in its way."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from prefect_redshift.aws.retries import backoff
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.listings import ListedStatement
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.data_api.statements import Statements
from prefect_redshift.exceptions import FrameError, SerializationConflictError, StatementFailedError

if TYPE_CHECKING:
    from prefect_redshift.frames.copy_statements import Load

# The files are still there.
_TRIES = 3
_FAULTS = {
    "count": "COPY has not loaded as many rows as were written",
    "unique": "several rows have the same keys ({keys})",
}


async def load_once(
    connection: Connection,
    statements: Mapping[str, str],
    load: "Load",
    *,
    name: str,
    listed: Sequence[ListedStatement] | None,
    timeout: float | None,
) -> Statement:
    """Run the statements of a load as one transaction.

    Rows that were appended are not there a second time: an append under a name that has been done with other rows is
    refused. The other modes may be done again.

    Args:
        connection: The warehouse.
        statements: By what each does; see `Load.statements`.
        load: What they load.
        name: What the work is called; empty for work of its own.
        listed: As of `Statements.run`.
        timeout: Seconds.

    Raises:
        FrameError: One of the checks among the statements has failed.
        ChangedWorkError: This append has been done with other rows.
        StatementError: It ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    run = Statements(connection).run
    once = load.mode == "append" and bool(name)
    attempt = 1
    while True:
        try:
            return await run(
                list(statements.values()), name=name, listed=listed, timeout=timeout, at_most_once=once
            )
        except SerializationConflictError:
            if attempt == _TRIES:
                raise
        except StatementFailedError as error:
            if fault := _fault(statements, error.statement):
                words = fault.format(keys=", ".join(load.keys))
                raise FrameError(f"{load.table.sql}: {words}; nothing was changed.") from error
            raise
        await asyncio.sleep(backoff(attempt, base=0.5))
        attempt += 1


def _fault(statements: Mapping[str, str], failed: Statement) -> str:
    """Return what a check of ours has found, if it is what failed."""
    numbers = {number: what for number, what in enumerate(statements, start=1) if what in _FAULTS}
    for part in failed.sub_statements:
        if part.status == "FAILED" and part.number in numbers and "zero" in (part.error or "").lower():
            return _FAULTS[numbers[part.number]]
    return ""
