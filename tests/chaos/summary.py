"""How the runs of a kind ended."""

from dataclasses import dataclass, field

from tests.chaos.verdict import WRONGS, Verdict


@dataclass
class Summary:
    """How the runs of one kind ended; a run counts once for each thing that was wrong with it.

    Attributes:
        kind: The kind.
        seed: The seed.
        runs: How many there were.
        counts: In how many something was lost, doubled and so on.
        slowest: The longest that an end took, by its cause, in seconds.
        skipped: Why there were none.
        wrong: What was wrong, each with the command that repeats the run.
    """

    kind: str
    seed: int
    runs: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WRONGS, 0))
    slowest: dict[str, float] = field(default_factory=dict)
    skipped: str = ""
    wrong: list[str] = field(default_factory=list)

    def add(self, number: int, verdict: Verdict) -> None:
        """Count one run."""
        self.runs += 1
        for name, found in verdict:
            self.counts[name] += bool(found)
        for cause, seconds in verdict.ends:
            self.slowest[cause] = max(seconds, self.slowest.get(cause, 0.0))
        if not verdict:
            self.wrong.append(f"--kinds {self.kind} --first {number} --runs 1 --seed {self.seed}: {verdict}")
            print(f"WRONG: {self.wrong[-1]}", flush=True)

    def __str__(self) -> str:
        if self.skipped:
            return f"{self.kind}: skipped: {self.skipped}"
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        ends = ", ".join(f"{seconds:.1f} s after {cause}" for cause, seconds in sorted(self.slowest.items()))
        return f"{self.kind}: {self.runs} runs, {counts}{f'; slowest ends: {ends}' if ends else ''}"
