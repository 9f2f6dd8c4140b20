"""What moto 5.2.5 does otherwise than AWS and we meet. `tests/local_aws/test_moto_mends.py` says when each may go.

Each service is mended before its first use, because the mends load what they mend.
"""

from typing import Any


def replace(owner: Any, **members: Any) -> None:
    """Put ours in the place of moto's members of a class or a module."""
    for name, member in members.items():
        setattr(owner, name, member)


def mend(service: str) -> None:
    """Mend a service of moto's, by moto's name of it."""
    if service == "stepfunctions":
        from local_aws.moto_mends import state_machines

        state_machines.apply()
    elif service == "cloudformation":
        # A schedule's class has only to be there: moto finds it among the subclasses of its model of a resource.
        from local_aws.moto_mends import stack_schedules, stack_state_machines, template_rules  # noqa: F401

        template_rules.apply()
        stack_state_machines.apply()
