"""Names and ARNs of state machines and their executions."""

import hashlib
import re

# With a version or an alias, or without.
STATE_MACHINE_ARN = re.compile(
    r"(arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}):stateMachine:([^:/\s]+)(?::[^:/\s]+)?"
)
# What the name of an execution that cancels another's statements ends in.
CANCEL_SUFFIX = "-cancel"
# The state in which a machine that failed begins to cancel its statements, where it is one of `state_machine`'s.
CANCEL_STATE = "list_statements"
_MAX_CHARACTERS = 80


def execution_arn(state_machine_arn: str, name: str) -> str:
    """Return the ARN that an execution of that name has.

    Raises:
        ValueError: It is no ARN of a state machine.
    """
    match = STATE_MACHINE_ARN.fullmatch(state_machine_arn)
    if match is None:
        raise ValueError(f"{state_machine_arn!r} is no ARN of a state machine.")
    return f"{match[1]}:execution:{match[2]}:{name}"


def execution_name(name: str, attempt: int = 1) -> str:
    """Return a name that Step Functions and CloudWatch Logs take: 80 letters, digits, `-` and `_` at most.

    Two names stay two: what had to be changed ends in a checksum of what it was.
    """
    suffix = f"-{attempt}" if attempt > 1 else ""
    clean = re.sub(r"[^0-9A-Za-z_-]", "-", name)
    room = _MAX_CHARACTERS - len(f"-999{CANCEL_SUFFIX}")
    if clean != name or len(clean) > room:
        clean = f"{clean[: room - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return clean + suffix
