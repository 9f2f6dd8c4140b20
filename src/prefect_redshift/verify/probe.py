"""A probe: one sentence that we assume, its source, and what is asked to test it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from prefect_redshift.verify.findings.expectations import matches

if TYPE_CHECKING:
    from prefect_redshift.verify.ask import Ask

Verdict = Literal["holds", "differs", "not asked"]
Question = Callable[["Ask"], Awaitable[Any]]


class NotAskedError(Exception):
    """The question could not be put; the message says why."""


class UnexpectedEndError(Exception):
    """A statement that finishes, by what the probe assumes, has not.

    Attributes:
        answer: Its status and error, which take the place of the probe's answer.
    """

    def __init__(self, status: str, error: str) -> None:
        super().__init__(f"{status}: {error}")
        self.answer = {"status": status, "error": error}


@dataclass(frozen=True)
class Observed:
    """An answer, and what was measured beside it, of which nothing is assumed.

    Attributes:
        answer: What the assumption is about, as JSON holds it.
        measured: Numbers or words that the service does not document; they are compared between endpoints only.
    """

    answer: Any
    measured: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Probe:
    """One assumption.

    Attributes:
        id: `family.name`, lower case.
        assumes: The sentence that we assume.
        source: The document or page that says so, or who has measured it.
        expects: The answer, or a condition of `expectations`.
        ask: Puts the question and returns the answer, or what was `Observed`.
        alone: Whether no other probe is asked meanwhile.
    """

    id: str
    assumes: str
    source: str
    expects: Any
    ask: Question
    alone: bool = False


@dataclass(frozen=True)
class Finding:
    """What became of a probe.

    Attributes:
        answer: What was answered; None where it could not be asked.
        measured: See `Observed`.
        reason: Why it could not be asked.
    """

    probe: Probe
    verdict: Verdict
    answer: Any = None
    measured: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


def judge(probe: Probe, answer: Any) -> Finding:
    """Return whether an answer is as the probe assumes."""
    observed = answer if isinstance(answer, Observed) else Observed(answer)
    verdict: Verdict = "holds" if matches(probe.expects, observed.answer) else "differs"
    return Finding(probe, verdict, observed.answer, observed.measured)


class Family:
    """Probes of one kind, in the order of their declaration.

    Args:
        name: With which the ids of its probes begin.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.probes: list[Probe] = []

    def add(
        self, name: str, assumes: str, *, source: str, expects: Any, ask: Question, alone: bool = False
    ) -> None:
        """Declare a probe."""
        self.probes.append(Probe(f"{self.name}.{name}", assumes, source, expects, ask, alone))

    def probe(
        self, name: str, assumes: str, *, source: str, expects: Any, alone: bool = False
    ) -> Callable[[Question], Question]:
        """Declare the decorated function as what a probe asks."""

        def declare(ask: Question) -> Question:
            self.add(name, assumes, source=source, expects=expects, ask=ask, alone=alone)
            return ask

        return declare
