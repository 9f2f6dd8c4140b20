"""What moto 5.2.5 does otherwise than AWS and we meet. `tests/local_aws/test_moto_patches.py` says when each may go.

Each service is patched before its first use, because the patches load what they patch.
"""

import functools
from typing import Any


def replace(owner: Any, **members: Any) -> None:
    """Put ours in the place of moto's members of a class or a module."""
    for name, member in members.items():
        setattr(owner, name, member)


def wrap(owner: Any, **members: Any) -> None:
    """Put ours in front of moto's methods of a class, or functions of a module, which ours are given."""
    partial = functools.partialmethod if isinstance(owner, type) else functools.partial
    replace(owner, **{name: partial(member, getattr(owner, name)) for name, member in members.items()})


def patch(service: str) -> None:
    """Mend a service of moto's, by moto's name of it."""
    if service == "stepfunctions":
        from local_aws.moto_patches import state_machines

        state_machines.apply()
    elif service == "awslambda":
        from local_aws.moto_patches import functions

        functions.apply()
    elif service == "cloudformation":
        # A schedule's class has only to be there: moto finds it among the subclasses of its model of a resource.
        from local_aws.moto_patches import (
            functions,
            stack_changes,
            stack_schedules,  # noqa: F401
            stack_state_machines,
            stack_updates,
            template_rules,
        )

        template_rules.apply()
        stack_updates.apply()
        stack_changes.apply()
        functions.apply()
        stack_state_machines.apply()
