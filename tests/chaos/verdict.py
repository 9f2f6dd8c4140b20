"""What was wrong after a trial, and how long its ends took."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

# What stops, or is stopped, is over so many seconds later.
END_SECONDS = 5.0


@dataclass
class Verdict:
    """What was wrong after a trial; nothing, if all lists are empty.

    Attributes:
        lost: What should be in the warehouse and is not, or is otherwise than after an undisturbed run.
        doubled: What was executed again though it had finished, and nothing that it follows from had changed.
        orphaned: What runs on.
        untrue: Where the run's state in Prefect, its exit code or its words say other than what happened.
        hung: What did not come to an end at all.
        late: Ends that came more than 5 seconds after their cause.
        ends: The seconds from each cause to its end, by the cause.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    ends: list[tuple[str, float]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not any(getattr(self, wrong) for wrong in WRONGS)

    def __iter__(self) -> Iterator[tuple[str, list[str]]]:
        for wrong in WRONGS:
            yield wrong, getattr(self, wrong)

    def __str__(self) -> str:
        return "; ".join(f"{wrong}: {found}" for wrong, found in self if found) or "nothing wrong"

    def note_end(self, cause: str, seconds: float, bound: float = END_SECONDS) -> None:
        """Note how long after its cause something ended."""
        self.ends.append((cause, round(seconds, 2)))
        if seconds > bound:
            self.late.append(f"{seconds:.1f} s after {cause}")

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


WRONGS = ("lost", "doubled", "orphaned", "untrue", "hung", "late")


class HangsError(AssertionError):
    """A process that did not end."""
