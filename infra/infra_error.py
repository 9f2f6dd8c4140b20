"""What the commands of `python -m infra` raise."""


class InfraError(Exception):
    """What was asked cannot be done; the message says what to do."""
