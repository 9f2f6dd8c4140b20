"""What the states of a job's machine, its variables and the objects that it reads are called."""

from pathlib import Path

from prefect_redshift.pipeline.job import Job, Script
from prefect_redshift.step_functions.names import CANCEL_STATE

# The state that begins, and those that cancel.
START, WRONG_INPUT, CANCEL = "what_is_asked", "wrong_input", CANCEL_STATE
# The state that checks the run date where nothing is set up; a step of the script of steps, too.
CHECK_RUN_DATE = "check_run_date"


class StateNames:
    """The names of states, as a job's `state_names` has them.

    Args:
        job: The declaration.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._prefix = job.name.replace("-", "_")

    def _name(self, regular: str) -> str:
        return self._job.state_names.get(regular, regular)

    @property
    def success(self) -> str:
        """Return the name of the state with which a successful execution ends."""
        return self._name(f"{self._prefix}_success")

    @property
    def failure(self) -> str:
        """Return the name of the state with which every failed execution ends."""
        return self._name(f"{self._prefix}_failure")

    def wait(self, step: str) -> str:
        """Return the name of the state that waits for a step's statement."""
        return self._name(f"wait_on_{step}")

    def status_check(self, step: str) -> str:
        """Return the name of the state that asks for the status of a step's statement."""
        return self._name(f"{step}_status_check")

    def is_complete(self, step: str) -> str:
        """Return the name of the state that decides by the status of a step's statement."""
        return self._name(f"is_{step}_complete")

    def branch_end(self, step: str) -> str:
        """Return the name of the state with which a step's branch of a Parallel ends."""
        return self._name(f"{step}_complete")

    def branch_failure(self, step: str) -> str:
        """Return the name of the state with which a step's branch of a Parallel fails."""
        return self._name(f"{step}_failure")

    def parallel(self, number: int) -> str:
        """Return the name of the Parallel that is the job's `number`th, from 1."""
        return self._name(self._job.parallel + (f"_{number}" if number > 1 else ""))

    def of(self, step: str) -> str:
        """Return the name of the state that submits a step's statements."""
        return self._name(step)


def object_name(script: Script) -> str:
    """Return the name of the object in S3 in which the machine finds what a script says."""
    return f"{Path(script.file).stem}.json"


def ended(step: str) -> str:
    """Return the name of the variable that holds how a step's statement ended: its Id, Status and Duration."""
    return f"ended_{step}"
