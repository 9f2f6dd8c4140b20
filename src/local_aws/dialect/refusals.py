"""What the dialect raises.

DialectError
├── UnsupportedError   Redshift SQL that the stand-in refuses rather than imitates
├── RedshiftError      what Redshift refuses as well, in its words or the engine's
└── ParameterError     named parameters that do not fit their statement
"""


class DialectError(ValueError):
    """Any refusal of a statement before it reaches the engine."""


class UnsupportedError(DialectError):
    """Redshift SQL that would behave differently here; `what` names the construct."""

    def __init__(self, what: str) -> None:
        super().__init__(f"local stand-in does not support {what}")
        self.what = what


class RedshiftError(DialectError):
    """A statement that Redshift refuses as well; the message is its own where it is known."""


class ParameterError(DialectError):
    """A `:name` without a value, or a value whose `:name` is not in the statement."""
