"""What moto 5.2.5 does otherwise than AWS and we meet. `tests/local_aws/test_moto_mends.py` says when each may go.

Applied once, by `rest_of_aws.py`, on loading moto; what concerns the interpreter of state machines when that is loaded.
"""

from typing import Any


def replace(owner: Any, **members: Any) -> None:
    """Put ours in the place of moto's members of a class or a module."""
    for name, member in members.items():
        setattr(owner, name, member)


def apply() -> None:
    """Mend moto in this process."""
    from local_aws.moto_mends import stacks, state_machines

    state_machines.apply()
    stacks.apply()
