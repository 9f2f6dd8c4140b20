"""What the dialect raises.

DialectError
├── RedshiftError      SQL that Redshift refuses as well, in its own words
└── UnsupportedError   Redshift SQL that the stand-in refuses rather than imitates
"""

from typing import NoReturn

# Of functions of the leader node, and of types, beside tables.
NOT_ON_TABLES = "Specified types or functions (one per INFO message) not supported on Redshift tables."


class DialectError(ValueError):
    """Any refusal of a statement before it reaches the engine."""


class RedshiftError(DialectError):
    """SQL that PostgreSQL would run and Redshift does not; the message is Redshift's."""


def refuse_as_redshift(what: str) -> NoReturn:
    """Refuse a construct that Redshift refuses as well, in words that are not known."""
    raise UnsupportedError(f"{what}, and neither does Redshift")


class UnsupportedError(DialectError):
    """Redshift SQL that would behave differently here; `what` names the construct."""

    def __init__(self, what: str) -> None:
        super().__init__(f"local stand-in does not support {what}")
        self.what = what
