"""The pauses between polls."""

import random
import time
from dataclasses import dataclass, field


@dataclass
class Pace:
    """The pauses between short polls: a tenth of the time waited so far, jittered, from `shortest` to 5 seconds.

    An end is thus noticed late by a tenth of the run time at most, and the number of polls grows with the logarithm of
    that time until the pauses reach their cap.
    """

    shortest: float = 0.1
    started: float = field(default_factory=time.monotonic)

    def pause(self) -> float:
        """Return the seconds to sleep before the next poll."""
        waited = time.monotonic() - self.started
        return min(5.0, max(self.shortest, waited / 10)) * random.uniform(0.75, 1.0)  # noqa: S311
