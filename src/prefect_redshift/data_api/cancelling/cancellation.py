"""What became of statements that were to be cancelled."""

import shlex
from dataclasses import dataclass

from prefect_redshift.data_api.statement import Statement

# How long a cancellation takes at most: with all else that a run does then, it has ended after 5 seconds. Prefect kills
# a process 30 seconds after it asked it to end.
CANCELLATION_SECONDS = 3.5


@dataclass(frozen=True, kw_only=True)
class Unconfirmed:
    """A statement, or several, that may still run.

    Attributes:
        name: The StatementName, or what the names of several begin with.
        id: The Id; empty where it is not known.
        reason: Why it is not known to have ended.
        command: The command that shows it.
    """

    name: str
    id: str = ""
    reason: str
    command: str = ""

    def __post_init__(self) -> None:
        if not self.command:
            object.__setattr__(self, "command", self._command())

    def _command(self) -> str:
        if self.id:
            return f"aws redshift-data describe-statement --id {self.id}"
        return f"aws redshift-data list-statements --status ALL --statement-name {shlex.quote(self.name)}"

    def __str__(self) -> str:
        which = f"{self.name} ({self.id})" if self.id else self.name
        return f"{which} may still run: {self.reason.rstrip('.')}. See `{self.command}`."


@dataclass(frozen=True)
class Cancellation:
    """The outcome for several statements.

    Attributes:
        confirmed: Those that have ended, as they were described then.
        unconfirmed: Those that may still run.
    """

    confirmed: tuple[Statement, ...] = ()
    unconfirmed: tuple[Unconfirmed, ...] = ()

    def __add__(self, other: "Cancellation") -> "Cancellation":
        return Cancellation(self.confirmed + other.confirmed, self.unconfirmed + other.unconfirmed)

    @classmethod
    def of(cls, *outcomes: Statement | Unconfirmed) -> "Cancellation":
        """Sort the outcomes of single statements."""
        return cls(
            tuple(outcome for outcome in outcomes if isinstance(outcome, Statement)),
            tuple(outcome for outcome in outcomes if isinstance(outcome, Unconfirmed)),
        )
