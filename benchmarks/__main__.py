"""All benchmarks in one run: `python -m benchmarks`, or `make bench`.

python -m benchmarks [SECTION ...] [--repeats N] [--rows N]
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    backfill,
    cold,
    day,
    frames,
    many,
    noticing,
    overhead,
    pipeline,
    rates,
    results,
    stand_in,
    state_machine,
)
from benchmarks.peers.environments import versions_of
from benchmarks.report import Section, write

SECTIONS: dict[str, Callable[[int], Section]] = {
    "noticing": noticing.measure,
    "pipeline": pipeline.measure,
    "overhead": overhead.measure,
    "many": many.measure,
    "rates": rates.measure,
    "backfill": backfill.measure,
    "day": day.measure,
    "results": results.measure,
    "frames": frames.measure,
    "state-machine": state_machine.measure,
    "cold": cold.measure,
    "stand-in": stand_in.measure,
}

# What takes too long to be measured unless it is named.
OPTIONAL: dict[str, Callable[[int], Section]] = {"day-40-million": day.measure_many}


def main() -> int:
    """Measures, prints each section as it comes, and writes the report; returns the exit code."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure this project and its peers."
    )
    options.add_argument(
        "sections",
        nargs="*",
        metavar="SECTION",
        help=f"of {', '.join(SECTIONS)} (default: all of these), {', '.join(OPTIONAL)}",
    )
    options.add_argument(
        "--repeats", type=int, default=3, help="runs of which the median counts (default: 3)"
    )
    options.add_argument(
        "--rows", type=int, default=frames.ROWS, help=f"rows of the section frames (default: {frames.ROWS:,})"
    )
    options.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where the report goes")
    chosen = options.parse_args()
    if unknown := set(chosen.sections) - set(SECTIONS | OPTIONAL):
        options.error(f"no such section: {', '.join(sorted(unknown))}")
    sections = SECTIONS | OPTIONAL | {"frames": partial(frames.measure, rows=chosen.rows)}
    found = []
    for name in chosen.sections or SECTIONS:
        began = time.monotonic()
        section = sections[name](chosen.repeats)
        found.append(section)
        print(f"\n## {section.title} ({time.monotonic() - began:.0f} s)\n")
        print(*section.tables, *section.bars, sep="\n", flush=True)
        # After each section: an hour's figures are not lost to an interruption.
        report = write(chosen.folder, machine() | {"runs of each": str(chosen.repeats)}, found)
    print(f"\nWritten: {report}")
    return 0


def machine() -> dict[str, str]:
    """Return what the figures were taken on."""
    ours = ("prefect", "prefect-aws", "boto3", "moto")
    airflow, wrangler = versions_of("airflow"), versions_of("awswrangler")
    return {
        "machine": f"{os.cpu_count()} cores, {processor()}, {platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        "this project on": ", ".join(f"{name} {version(name)}" for name in ours),
        "peers": f"apache-airflow {airflow['apache-airflow']} with apache-airflow-providers-amazon "
        f"{airflow['apache-airflow-providers-amazon']}, awswrangler {wrangler['awswrangler']}",
    }


def processor() -> str:
    """Its name, as the kernel gives it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
