"""Runs the pipeline under faults, as often as asked, and counts what was lost, doubled, orphaned, untrue, hung or late.

python -m tests.chaos                                     all of it: 500 runs
python -m tests.chaos --kinds killed --runs 20 --seed 7   some of it
python -m tests.chaos --kinds killed --first 13 --runs 1 --seed 7     one run again
"""

import argparse
import json
import random
import signal
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import active_children, get_context
from pathlib import Path

from tests.chaos.kinds import KINDS, RUNS
from tests.chaos.lane import open_lane, run_trial
from tests.chaos.summary import Summary
from tests.chaos.verdict import Verdict
from tests.signals import heed_interrupts

REPORT = Path("build/chaos.json")


def main() -> int:
    """Print a line for each kind, and write them as JSON; return 0 if nothing was wrong."""
    options = parser().parse_args()
    print(f"seed {options.seed}, {options.lanes} at a time", flush=True)
    began = time.monotonic()
    summaries = [Summary(kind, options.seed) for kind in options.kinds]
    heed_interrupts()
    with ProcessPoolExecutor(options.lanes, get_context("spawn"), open_lane) as lanes:
        try:
            run(lanes, summaries, options)
        except KeyboardInterrupt:
            lanes.shutdown(wait=False, cancel_futures=True)
            for lane in active_children():
                lane.terminate()
            return 128 + signal.SIGINT
    seconds = time.monotonic() - began
    slowest = max((end for summary in summaries for end in summary.slowest.values()), default=0.0)
    runs = sum(summary.runs for summary in summaries)
    print(f"{runs} runs in {seconds:.0f} s; the slowest end came {slowest:.1f} s after its cause", flush=True)
    options.report.parent.mkdir(parents=True, exist_ok=True)
    report = {"seconds": round(seconds), "kinds": [asdict(summary) for summary in summaries]}
    options.report.write_text(json.dumps(report, indent=1))
    return 1 if any(summary.wrong for summary in summaries) else 0


def run(lanes: ProcessPoolExecutor, summaries: list[Summary], options: argparse.Namespace) -> None:
    """Run all trials, and print each kind's line when its last has ended."""
    trials = [submitted(lanes, summary, options) for summary in summaries]
    for summary, futures in zip(summaries, trials, strict=True):
        for number, future in futures.items():
            outcome = future.result()
            if isinstance(outcome, str):
                summary.skipped = outcome
            else:
                summary.add(number, outcome)
        print(summary, flush=True)


def submitted(
    lanes: ProcessPoolExecutor, summary: Summary, options: argparse.Namespace
) -> "dict[int, Future[Verdict | str]]":
    """Hand all trials of a kind out, to whichever process is free."""
    runs = options.runs or RUNS[KINDS[summary.kind]]
    numbers = range(options.first, options.first + runs)
    return {number: lanes.submit(run_trial, summary.kind, number, options.seed) for number in numbers}


def parser() -> argparse.ArgumentParser:
    """Return the options, each explained."""
    options = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.splitlines()[0])
    options.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), help="only these")
    options.add_argument("--runs", type=int, help="of each kind, instead of its full number")
    options.add_argument("--first", type=int, default=0, help="the number of the first run, to see one again")
    options.add_argument(
        "--seed", type=int, default=random.randrange(1 << 16), help="the same seed, the same faults"
    )
    options.add_argument(
        "--lanes", type=int, default=3, help="runs at a time, each on a stand-in and a server of its own"
    )
    options.add_argument("--report", type=Path, default=REPORT, help=f"the JSON file (default: {REPORT})")
    return options


if __name__ == "__main__":
    sys.exit(main())
