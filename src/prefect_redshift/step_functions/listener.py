"""What executions of a state machine have to tell, and to whom."""

from prefect_redshift.data_api.cancelling.cancellation import Unconfirmed
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.step_functions.execution import Execution


class ExecutionListener:
    """Told what becomes of executions, on the event loop's thread; never their inputs and outputs.

    Each method does nothing by itself: a listener defines those that it cares for.
    """

    def started(self, execution: Execution) -> None:
        """Hear that an execution was started."""

    def found(self, execution: Execution) -> None:
        """Hear that an execution that was asked for had been started before."""

    def has_another_input(self, execution: Execution) -> None:
        """Hear that an execution that was found was started with another input, which is the one that counts."""

    def entered(self, execution: Execution, state: str, *, again: bool) -> None:
        """Hear that an execution that is followed has entered a state; `again` where it has been there before."""

    def ended(self, execution: Execution) -> None:
        """Hear that an execution that was followed has ended, however it did."""

    def stopped(self, execution: Execution) -> None:
        """Hear that an execution was stopped; its status says how it ended."""

    def not_stopped(self, execution: Execution, unconfirmed: Unconfirmed) -> None:
        """Hear that an execution that nobody waits for any more may still run."""

    def statement_cancelled(self, execution: Execution, statement: Statement) -> None:
        """Hear that a statement of an execution that has ended was cancelled."""

    def statements_cancelled_by(self, execution: Execution, other: Execution) -> None:
        """Hear that the statements of an execution were cancelled by another execution of the same state machine."""

    def statement_not_cancelled(self, execution: Execution, unconfirmed: Unconfirmed) -> None:
        """Hear that a statement of an execution that has ended may still run."""

    def statements_not_cancelled(self, execution: Execution, reason: Exception) -> None:
        """Hear that no other execution could cancel the statements of one that has ended."""


SILENCE = ExecutionListener()
