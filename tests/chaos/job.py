"""The jobs that trials run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tests.flows.test_sales_data_pipeline import STEPS


@dataclass(frozen=True)
class Job:
    """What is run.

    Attributes:
        flow: The flow's name.
        parameters: The flow's.
        steps: Those that have to finish under the run's own name.
        days: How many days it loads, each once; None for the daily flow, whose statements are told apart by name.
    """

    flow: str
    parameters: Mapping[str, str]
    steps: Sequence[str]
    days: int | None = None

    @property
    def options(self) -> list[str]:
        """The same parameters as options of the command line."""
        names = {"from_date": "--from", "to_date": "--to"}
        return [
            word
            for name, value in self.parameters.items()
            for word in (names.get(name, f"--{name.replace('_', '-')}"), value)
        ]

    def of_day(self, day: str) -> "Job":
        """Return the daily job of another day."""
        return replace(self, parameters={**self.parameters, "run_date": day})


DAILY = Job("sales-data-pipeline", {"run_date": "2026-11-22"}, STEPS)
NEXT_DAY = DAILY.of_day("2026-11-23")
BACKFILL = Job(
    "sales-backfill",
    {"from_date": "2026-10-01", "to_date": "2026-10-12", "days_at_once": "2"},
    STEPS[:2],
    days=12,
)
