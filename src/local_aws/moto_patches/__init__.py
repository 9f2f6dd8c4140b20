"""What moto 5.2.5 does otherwise than AWS and we meet. `tests/local_aws/test_moto_patches.py` says when each may go.

Each service is patched before its first use, because the patches load what they patch.
"""

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

# The modules that patch each of moto's services. A schedule's class has only to be there: moto finds it among the
# subclasses of its model of a resource.
_MODULES = {
    "stepfunctions": "state_machines",
    "awslambda": "functions",
    "cloudformation": "template_rules stack_updates stack_changes functions stack_schedules stack_state_machines",
}


# A method or function of moto's, as ours is given it.
Original = Callable[..., Any]


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
    for name in _MODULES.get(service, "").split():
        apply = getattr(import_module(f"{__name__}.{name}"), "apply", None)
        if apply is not None:
            apply()
