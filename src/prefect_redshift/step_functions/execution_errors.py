"""Which error an execution's unsuccessful end is."""

from prefect_redshift.exceptions import (
    ExecutionAbortedError,
    ExecutionError,
    ExecutionFailedError,
    ExecutionTimedOutError,
)
from prefect_redshift.step_functions.execution import Execution


def error_of_execution(execution: Execution) -> ExecutionError:
    """Return the error that says how `execution`, which has ended unsuccessfully, ended."""
    kinds = {"TIMED_OUT": ExecutionTimedOutError, "ABORTED": ExecutionAbortedError}
    return kinds.get(execution.status, ExecutionFailedError)(execution)
