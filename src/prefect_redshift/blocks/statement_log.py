"""What becomes of a block's statements, told to Prefect: in the run's log and as events."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from prefect import runtime
from prefect.context import get_run_context
from prefect.events import emit_event
from prefect.exceptions import MissingContextError
from prefect.logging import get_logger, get_run_logger

from prefect_redshift.blocks.cancelled_here import remember
from prefect_redshift.data_api.cancelling.cancellation import Unconfirmed
from prefect_redshift.data_api.listener import Listener
from prefect_redshift.data_api.statement import Statement

Logger: TypeAlias = logging.Logger | logging.LoggerAdapter[logging.Logger]


def logger_of_run() -> Logger:
    """Return the run's logger inside a Prefect run, a plain one elsewhere."""
    try:
        return get_run_logger()
    except MissingContextError:
        return get_logger("prefect_redshift.blocks.redshift_data_api")


@dataclass(frozen=True)
class StatementLog(Listener):
    """A listener that writes to the log of the current Prefect run and emits its events.

    Attributes:
        logger: Finds the log; it is another one in each run.
    """

    logger: Callable[[], Logger]

    def submitted(self, statement: Statement) -> None:
        """Log it and emit the event `submitted`, unless the submission has waited for its end, which is told next."""
        if not statement.has_ended:
            self.logger().info("Submitted %s", _called(statement))
            announce("submitted", statement)

    def found(self, statement: Statement) -> None:
        """Log it."""
        self.logger().info("Found %s", _called(statement))

    def ended(self, statement: Statement) -> None:
        """Log it with its numbers, and emit the event of its status."""
        numbers = [f"{statement.seconds:.1f} s"]
        if statement.rows >= 0:
            numbers.append(f"{statement.rows:,} row{'s' * (statement.rows != 1)}")
        if statement.redshift_query_id:
            numbers.append(f"query {statement.redshift_query_id}")
        self.logger().info(
            "%s %s in %s", statement.status.capitalize(), _called(statement), ", ".join(numbers)
        )
        announce(statement.status.lower(), statement)

    def cancelled(self, statement: Statement) -> None:
        """Log how it ended, and emit the event of its status."""
        remember(statement)
        self.logger().info("Cancelled %s: it ended %s", _called(statement), statement.status)
        announce(statement.status.lower(), statement)

    def not_cancelled(self, unconfirmed: Unconfirmed) -> None:
        """Log it as an error."""
        remember(unconfirmed)
        self.logger().error("%s", unconfirmed)

    def session_kept(self, session_id: str, seconds: int, reason: Exception) -> None:
        """Log it for whoever debugs."""
        self.logger().debug("Session %s ends %d s after its last statement: %s", session_id, seconds, reason)

    def not_removed(self, url: str, reason: str) -> None:
        """Log it as a warning, with the command that removes them."""
        self.logger().warning(
            "Files may be left in S3: %s. Remove them: aws s3 rm --recursive %s", reason.rstrip("."), url
        )


def _called(statement: Statement) -> str:
    """Return the statement's name and id, without what the log of the current run says of each line anyway.

    `orders/<flow run>/load_orders/1/bd3d5a45 (id)` is `(id)` in the log of the task run load_orders.
    """
    run_id, step = runtime.flow_run.id, runtime.task_run.name
    _, found, rest = statement.name.partition(f"/{run_id}/") if run_id else ("", "", "")
    if not found:
        return f"{statement.name} ({statement.id})"
    rest = re.sub("/[0-9a-f]{8}$", "", rest)
    return f"({statement.id})" if step and rest in (step, f"{step}/1") else f"{rest} ({statement.id})"


def announce(state: str, statement: Statement) -> None:
    """Emit the event `redshift-data.statement.<state>` of a statement of the current Prefect run, if there is one.

    The run is among the event's related resources. Neither SQL nor values nor the engine's words go into it.
    """
    try:
        get_run_context()
    except MissingContextError:
        return
    emit_event(
        event=f"redshift-data.statement.{state}",
        resource={
            "prefect.resource.id": f"redshift-data.statement.{statement.id}",
            "prefect.resource.name": statement.name,
        },
        payload={
            "status": statement.status,
            "seconds": statement.seconds,
            "rows": statement.rows,
            "redshift_query_id": statement.redshift_query_id,
        },
    )
