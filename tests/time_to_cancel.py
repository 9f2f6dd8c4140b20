"""Time for cancellations, in tests of what they do: how long they take at most has tests of its own.

On a loaded machine a cancellation that works may not be confirmed in time, which the product then says, and rightly.
"""

from collections.abc import Callable
from types import ModuleType

from prefect_redshift.data_api import statements
from prefect_redshift.data_api.running import in_flight
from prefect_redshift.step_functions import attempt
from prefect_redshift.tasks import hooks

SECONDS = 60.0
BOUNDS: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (statements, ("_GRACE_SECONDS",)),
    (in_flight, ("CANCELLATION_SECONDS", "_CONFIRM_SECONDS")),
    (attempt, ("CANCELLATION_SECONDS", "_CONFIRM_SECONDS")),
    (hooks, ("CANCELLATION_SECONDS", "SECONDS_AFTER_CANCELLING")),
)
# What a process that a test starts executes first.
IN_A_PROCESS = "from tests.time_to_cancel import give\ngive()\n"


def give(set_attribute: Callable[[ModuleType, str, float], None] = setattr) -> None:
    """Have a cancellation take as long as it takes."""
    for module, names in BOUNDS:
        for name in names:
            assert hasattr(module, name)
            set_attribute(module, name, SECONDS)
