"""An execution of a state machine, as Prefect's jobs have their runs."""

from typing import Any

from prefect.blocks.abstract import JobRun

from prefect_redshift.blocks.forms import forms
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

    def _of_it(self) -> Attempt:
        return self._attempt

    # Prefect's type has it return a logger.
    wait_for_completion, await_for_completion, wait_for_completion_sync = forms(  # type: ignore[assignment]
        Attempt.wait_for_completion, _of_it
    )
    fetch_result, afetch_result, fetch_result_sync = forms(Attempt.fetch_result, _of_it)
