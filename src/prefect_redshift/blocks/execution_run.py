"""An execution of a state machine, as Prefect's jobs have their runs."""

from typing import Any

from prefect.blocks.abstract import JobRun

from prefect_redshift.step_functions.attempt import Attempt
from prefect_redshift.step_functions.execution import Execution


class ExecutionRun(JobRun[Any]):
    """An execution that was started, or found under its name; made by `StateMachine.trigger`."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    @property
    def execution(self) -> Execution:
        """The execution as the service told it last."""
        return self._attempt.execution

    async def wait_for_completion(self) -> Execution:  # type: ignore[override] # declared to return a Logger
        """Wait for the end, logging each state when it is entered first; whatever ends the waiting early stops it.

        Raises:
            ExecutionError: It ended otherwise than SUCCEEDED.
            CallError: A call was refused.
        """
        return await self._attempt.wait_for_completion()

    async def fetch_result(self) -> Any:
        """Return the output, as JSON that was read; wait for the end if nobody has yet.

        Raises:
            ExecutionError: It ended otherwise than SUCCEEDED.
        """
        return await self._attempt.fetch_result()
