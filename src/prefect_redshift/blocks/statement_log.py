"""What becomes of a block's statements, told to Prefect: in the run's log and as events."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from prefect.context import get_run_context
from prefect.events import emit_event
from prefect.exceptions import MissingContextError

from prefect_redshift.blocks.cancelled_here import remember
from prefect_redshift.data_api.cancelling.cancellation import Unconfirmed
from prefect_redshift.data_api.listener import Listener
from prefect_redshift.data_api.statement import Statement

Logger: TypeAlias = logging.Logger | logging.LoggerAdapter[logging.Logger]


@dataclass(frozen=True)
class StatementLog(Listener):
    """A listener that writes to the log of the current Prefect run and emits its events.

    Attributes:
        logger: Finds the log; it is another one in each run.
    """

    logger: Callable[[], Logger]

    def submitted(self, statement: Statement) -> None:
        """Log it, and emit the event `submitted`."""
        self.logger().info("Submitted %s (%s)", statement.name, statement.id)
        announce("submitted", statement)

    def found(self, statement: Statement) -> None:
        """Log it."""
        self.logger().info("Found %s (%s)", statement.name, statement.id)

    def ended(self, statement: Statement) -> None:
        """Log it with its numbers, and emit the event of its status."""
        self.logger().info(
            "%s %s (%s) in %.1f s, rows %s, query %s",
            statement.status.capitalize(),
            statement.name,
            statement.id,
            statement.seconds,
            statement.rows if statement.rows >= 0 else "-",
            statement.redshift_query_id or "-",
        )
        announce(statement.status.lower(), statement)

    def cancelled(self, statement: Statement) -> None:
        """Log how it ended, and emit the event of its status."""
        remember(statement)
        self.logger().info("Cancelled %s (%s): it ended %s", statement.name, statement.id, statement.status)
        announce(statement.status.lower(), statement)

    def not_cancelled(self, unconfirmed: Unconfirmed) -> None:
        """Log it as an error."""
        remember(unconfirmed)
        self.logger().error("%s", unconfirmed)

    def session_kept(self, session_id: str, seconds: int, reason: Exception) -> None:
        """Log it for whoever debugs."""
        self.logger().debug("Session %s ends %d s after its last statement: %s", session_id, seconds, reason)


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
