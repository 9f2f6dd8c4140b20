"""What becomes of a block's executions, told in the log of the Prefect run."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from prefect_redshift.blocks.cancelled_here import remember
from prefect_redshift.blocks.statement_log import Logger
from prefect_redshift.data_api.cancelling.cancellation import Unconfirmed
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.step_functions.listener import ExecutionListener


@dataclass(frozen=True)
class ExecutionLog(ExecutionListener):
    """A listener that writes to the log of the current Prefect run.

    Attributes:
        logger: Finds the log; it is another one in each run.
    """

    logger: Callable[[], Logger]

    def started(self, execution: Execution) -> None:
        """Log it with its page in the console."""
        self.logger().info("Started execution %s: %s", execution.name, execution.console_url)

    def found(self, execution: Execution) -> None:
        """Log it with its page in the console."""
        self.logger().info("Found execution %s: %s", execution.name, execution.console_url)

    def has_another_input(self, execution: Execution) -> None:
        """Warn of it."""
        self.logger().warning("Execution %s has another input; that one counts.", execution.name)

    def entered(self, execution: Execution, state: str, *, again: bool) -> None:
        """Log it, for whoever debugs where it was entered before."""
        level = logging.DEBUG if again else logging.INFO
        self.logger().log(level, "%s entered %s", execution.name, state)

    def ended(self, execution: Execution) -> None:
        """Log it with its seconds."""
        self.logger().info(
            "%s execution %s in %.1f s", execution.status.capitalize(), execution.name, execution.seconds
        )

    def stopped(self, execution: Execution) -> None:
        """Log how it ended."""
        self.logger().info("Stopped execution %s: it ended %s", execution.name, execution.status)

    def not_stopped(self, execution: Execution, unconfirmed: Unconfirmed) -> None:  # noqa: ARG002
        """Log it as an error."""
        remember(unconfirmed)
        self.logger().error("%s", unconfirmed)

    def statement_cancelled(self, execution: Execution, statement: Statement) -> None:  # noqa: ARG002
        """Log how it ended."""
        remember(statement)
        self.logger().info("Cancelled %s (%s): it ended %s", statement.name, statement.id, statement.status)

    def statements_cancelled_by(self, execution: Execution, other: Execution) -> None:
        """Log how the other execution ended."""
        self.logger().info(
            "The statements of execution %s are cancelled by %s: %s",
            execution.name,
            other.arn,
            other.status,
        )

    def statement_not_cancelled(self, execution: Execution, unconfirmed: Unconfirmed) -> None:
        """Log it as an error."""
        remember(unconfirmed)
        self.logger().error("Execution %s has ended, but not all of it: %s", execution.name, unconfirmed)

    def statements_not_cancelled(self, execution: Execution, reason: Exception) -> None:
        """Log it as an error."""
        self.logger().error("Statements of execution %s may still run: %s", execution.name, reason)
