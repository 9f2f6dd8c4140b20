"""Runs the pipeline under faults, as often as asked, and counts what was lost, doubled, orphaned or untrue.

python -m tests.chaos                                     all of it, which takes an hour
python -m tests.chaos --kinds killed --runs 20 --seed 7   some of it
python -m tests.chaos --kinds killed --first 13 --runs 1 --seed 7     one run again
"""

import argparse
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from prefect_redshift.cli.flow_process import prepare_process
from tests.chaos import kinds
from tests.chaos.kinds import Ground
from tests.chaos.place import own_folder, own_server, own_stand_in, small_disk
from tests.chaos.trial import BACKFILL, Verdict, copy_scripts, undisturbed

# How often in full.
RUNS = {
    "killed": 100,
    "backfill_killed": 100,
    "faulty_calls": 180,
    "tokens_forgotten": 20,
    "stand_in_killed": 40,
    "server_killed": 20,
    "disk_full": 20,
    "clock_jumps": 20,
}
LOAD_SECONDS = 0.15
DISK_MEGABYTES = 400
REPORT = Path("build/chaos.json")


@dataclass
class Summary:
    """How the runs of one kind ended; a run counts once for each thing that was wrong with it."""

    kind: str
    seed: int
    runs: int = 0
    lost: int = 0
    doubled: int = 0
    orphaned: int = 0
    untrue: int = 0
    seconds: float = 0.0
    skipped: str = ""
    wrong: list[str] = field(default_factory=list)

    def add(self, number: int, verdict: Verdict) -> None:
        """Counts one run."""
        self.runs += 1
        for name, found in asdict(verdict).items():
            setattr(self, name, getattr(self, name) + bool(found))
        if not verdict:
            self.wrong.append(f"{self.kind} --first {number} --runs 1 --seed {self.seed}: {verdict}")
            print(f"WRONG: {self.wrong[-1]}", flush=True)

    def __str__(self) -> str:
        if self.skipped:
            return f"{self.kind}: skipped: {self.skipped}"
        counts = ", ".join(
            f"{getattr(self, name)} {name}" for name in ("lost", "doubled", "orphaned", "untrue")
        )
        return f"{self.kind}: {self.runs} runs, {counts} ({self.seconds:.0f} s)"


def main() -> int:
    """Prints a line for each kind, and writes them as JSON; 0 if nothing was wrong."""
    options = parser().parse_args()
    print(f"seed {options.seed}", flush=True)
    prepare_process()
    with own_folder() as folder:
        summaries = []
        for summary in all_kinds(folder, options):
            print(summary, flush=True)
            summaries.append(summary)
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(json.dumps([asdict(summary) for summary in summaries], indent=1))
    return 1 if any(summary.wrong for summary in summaries) else 0


def parser() -> argparse.ArgumentParser:
    """The options, each explained."""
    options = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.splitlines()[0])
    options.add_argument("--kinds", nargs="+", choices=RUNS, default=list(RUNS), help="only these")
    options.add_argument("--runs", type=int, help="of each kind, instead of its full number")
    options.add_argument("--first", type=int, default=0, help="the number of the first run, to see one again")
    options.add_argument(
        "--seed", type=int, default=random.randrange(1 << 16), help="the same seed, the same faults"
    )
    options.add_argument("--report", type=Path, default=REPORT, help=f"the JSON file (default: {REPORT})")
    return options


def all_kinds(folder: Path, options: argparse.Namespace) -> Iterator[Summary]:
    """One kind after the other, on one stand-in and one server."""
    with ExitStack() as services:
        server, api_url = services.enter_context(own_server(folder))
        # Processes are forked from one that begins with this environment.
        os.environ["PREFECT_API_URL"] = api_url
        place = services.enter_context(own_stand_in(folder, api_url))
        copy_scripts(place.scripts, LOAD_SECONDS)
        ground = Ground(replace(place, server=server), *undisturbed(place))
        for kind in options.kinds:
            summary = Summary(kind, options.seed)
            began = time.monotonic()
            if kind == "backfill_killed":
                series(Ground(place, *undisturbed(place, BACKFILL), BACKFILL), summary, options)
            elif kind == "disk_full":
                on_a_small_disk(folder / "disk", api_url, summary, options)
            else:
                series(ground, summary, options)
            summary.seconds = time.monotonic() - began
            yield summary


def on_a_small_disk(folder: Path, api_url: str, summary: Summary, options: argparse.Namespace) -> None:
    """The series on a stand-in whose data lie on a disk that is soon full."""
    try:
        with small_disk(folder, DISK_MEGABYTES), own_stand_in(folder, api_url) as place:
            copy_scripts(place.scripts, LOAD_SECONDS)
            series(Ground(place, *undisturbed(place)), summary, options)
    except PermissionError as error:
        summary.skipped = str(error)


def series(ground: Ground, summary: Summary, options: argparse.Namespace) -> None:
    """As many runs of one kind as asked, each with dice of its own."""
    kind = getattr(kinds, summary.kind)
    for number in range(options.first, options.first + (options.runs or RUNS[summary.kind])):
        dice = random.Random(f"{options.seed} {summary.kind} {number}")
        try:
            verdict = kind(ground, dice)
        except Exception as error:
            traceback.print_exc(limit=-3)
            verdict = Verdict(lost=[repr(error)[:500]])
        ground.place.admin.clear_history()
        summary.add(number, verdict)


if __name__ == "__main__":
    sys.exit(main())
