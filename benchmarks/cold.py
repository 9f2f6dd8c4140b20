"""From the shell's prompt to a validated result, fresh and warm, beside a Prefect flow that does nothing.

    python -m benchmarks cold

The flow that does nothing starts Prefect's own temporary server, as any `python flow.py` does. Fresh is a home without
Prefect's database and a state folder without a warehouse; warm is the second run in the same ones.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.peers.clients import PROJECT
from benchmarks.place import temporary_folder
from benchmarks.report import Bar, Section, Table
from local_aws import running

KINDS = ("fresh", "warm")
MOST = 1.25


def measure(repeats: int) -> Section:
    """Run both, alternately, so many times."""
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(repeats):
        with temporary_folder() as folder:
            for kind in KINDS:
                found.setdefault(("nothing", kind), []).append(
                    seconds_of(["-m", "benchmarks.peers.nothing"], folder / "nothing")
                )
                command = ["-m", "flows.sales_data_pipeline", "--state-folder", str(folder / "state")]
                found.setdefault(("pipeline", kind), []).append(seconds_of(command, folder / "pipeline"))
                found.setdefault(("engine", kind), []).append(engine_start(folder / "engine"))
    return section({key: statistics.median(values) for key, values in found.items()})


def seconds_of(arguments: list[str], home: Path) -> float:
    """Run Python with a home of its own to its end."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT_", "AWS_", "REDSHIFT_"))
    }
    variables = {
        **kept,
        "HOME": str(home),
        "PREFECT_HOME": str(home / ".prefect"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    home.mkdir(exist_ok=True)
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=PROJECT, env=variables, capture_output=True, check=True)
    return time.perf_counter() - began


def engine_start(folder: Path) -> float:
    """Seconds that the stand-in takes to be ready, fresh at first."""
    began = time.perf_counter()
    with running(folder):
        return time.perf_counter() - began


def section(medians: dict[tuple[str, str], float]) -> Section:
    """Return the medians, side by side."""

    def ratio(kind: str) -> float:
        return medians["pipeline", kind] / (medians["nothing", kind] + medians["engine", kind])

    compared = ("nothing", "engine", "pipeline")
    rows: list[list[Any]] = [
        [kind, *(medians[what, kind] for what in compared), ratio(kind)] for kind in KINDS
    ]
    header = ["seconds", "flow that does nothing", "engine's start", "the pipeline", "pipeline over both"]
    return Section(
        key="cold",
        title="From the prompt to a validated result",
        text="Whole processes, Prefect's server and its stop included.",
        tables=[Table(header, rows)],
        bars=[
            Bar(f"{row[0]} run over a flow that does nothing and the engine's start", row[-1], MOST, "x")
            for row in rows
        ],
        data={"seconds": {" ".join(key): value for key, value in medians.items()}},
    )
