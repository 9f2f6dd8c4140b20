"""What kinds of faults work on: a place, and what undisturbed runs leave and take there."""

import time
from dataclasses import dataclass, field

from tests.chaos.job import DAILY, Job
from tests.chaos.judge import Tables
from tests.chaos.place import Place
from tests.chaos.trial import trial


@dataclass
class Ground:
    """A place, and what undisturbed runs leave and take there, found out when it is first asked for.

    Attributes:
        place: The place.
        known: Tables and seconds, by the jobs that were run one after the other; may be shared by several places.
    """

    place: Place
    known: dict[str, tuple[Tables, float]] = field(default_factory=dict)

    def tables(self, *jobs: Job) -> Tables:
        """Return the tables after undisturbed runs of the jobs, one after the other; by default of the daily one."""
        return self._undisturbed(jobs or (DAILY,))[0]

    def seconds(self, job: Job = DAILY) -> float:
        """Return how long an undisturbed run takes."""
        return self._undisturbed((job,))[1]

    def _undisturbed(self, jobs: tuple[Job, ...]) -> tuple[Tables, float]:
        if repr(jobs) not in self.known:
            with trial(self.place, jobs[0]) as first:
                for one in [first, *(first.beside(job) for job in jobs[1:])]:
                    attempt = one.begin()
                    assert one.ended(attempt), attempt.words()
                seconds = time.monotonic() - attempt.started
                self.known[repr(jobs)] = first.warehouse.tables(), seconds
        return self.known[repr(jobs)]
