"""CloudFormation: state machines that the interpreter finds, schedules, rules and limits of parameters."""


def apply() -> None:
    """Mend it."""
