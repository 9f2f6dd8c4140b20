"""From the shell's prompt to a validated result: fresh, warm, and with a Prefect server running.

    python -m benchmarks cold

Beside it a Prefect flow that does nothing. Alone, that starts Prefect's own temporary server, as any `python flow.py`
does. Fresh is a home without Prefect's database and a state folder without a warehouse; warm is the second run in the
same ones. With a server running, both use that one, and the pipeline starts or joins a stand-in.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.peers.clients import PROJECT
from benchmarks.place import temporary_folder
from benchmarks.report import Bar, Section, Table
from local_aws import running
from prefect_redshift.local.prefect_api import free_port, server_ready
from prefect_redshift.local.processes import child

KINDS = ("fresh", "warm")
MOST = {"fresh": 0.75, "warm": 0.7}
MOST_WITH_SERVER = 1.5
NOTHING = ["-m", "benchmarks.peers.nothing"]

Found = dict[tuple[str, str], list[float]]


def measure(repeats: int) -> Section:
    """Run all of them, alternately, so many times."""
    found: Found = {}
    with temporary_folder() as place:
        for repeat in range(repeats):
            alone(place / f"alone-{repeat}", found)
        with_server(place / "served", repeats, found)
    return section({key: statistics.median(values) for key, values in found.items()})


def alone(folder: Path, found: Found) -> None:
    """Measure what starts its own server."""
    folder.mkdir(mode=0o711)
    for kind in KINDS:
        note(found, "nothing", kind, seconds_of(NOTHING, folder / "nothing"))
        note(found, "pipeline", kind, seconds_of(pipeline(folder / "state"), folder / "pipeline"))
        note(found, "engine", kind, engine_start(folder / "engine"))


def with_server(folder: Path, repeats: int, found: Found) -> None:
    """Measure what uses a server that runs, after a first run of each that is not counted."""
    folder.mkdir(mode=0o711)
    with prefect_server(folder) as api, running(folder / "joined"):
        for repeat in range(-1, repeats):
            seconds = {
                "nothing": seconds_of(NOTHING, folder, api),
                "pipeline": seconds_of(pipeline(folder / "state"), folder, api),
                "joined": seconds_of(pipeline(folder / "joined"), folder, api),
            }
            for what, each in seconds.items() if repeat >= 0 else ():
                note(found, what, "server running", each)


def note(found: Found, what: str, kind: str, seconds: float) -> None:
    """Keep one figure."""
    found.setdefault((what, kind), []).append(seconds)


def pipeline(state: Path) -> list[str]:
    """Return the arguments that run the pipeline."""
    return ["-m", "flows.sales_data_pipeline", "--state-folder", str(state)]


def seconds_of(arguments: list[str], home: Path, extra: Mapping[str, str] | None = None) -> float:
    """Run Python with a home of its own to its end; a run that fails says why."""
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
        **(extra or {}),
    }
    home.mkdir(exist_ok=True)
    log = home / "run.log"
    began = time.perf_counter()
    with log.open("w") as output:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=variables,
            stdout=output,
            stderr=output,
            check=False,
        )
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}:\n{log.read_text()[-2000:]}")
    return seconds


def engine_start(folder: Path) -> float:
    """Return the seconds that the stand-in takes to be ready, fresh at first."""
    began = time.perf_counter()
    with running(folder):
        return time.perf_counter() - began


@contextmanager
def prefect_server(folder: Path) -> Iterator[dict[str, str]]:
    """Run a server as `prefect server start` does, and yield the variable that names it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    command = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    settings = {"PREFECT_HOME": str(folder / "server"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    with ExitStack() as services:
        server = services.enter_context(child(command, folder / "server.log", {**os.environ, **settings}))
        yield {"PREFECT_API_URL": server_ready((server, url), folder)}


def section(medians: dict[tuple[str, str], float]) -> Section:
    """Put the medians side by side."""

    def row(kind: str, pipeline: str = "pipeline", note: str = "") -> list[Any]:
        engine = medians.get(("engine", kind), 0.0)
        nothing, ours = medians["nothing", kind], medians[pipeline, kind]
        return [f"{kind}{note}", nothing, engine or "-", ours, ours / (nothing + engine)]

    served = "server running"
    rows = [row(kind) for kind in (*KINDS, served)] + [row(served, "joined", ", stand-in too")]
    header = ["seconds", "flow that does nothing", "engine's start", "the pipeline", "pipeline over both"]
    bars = [
        Bar(f"{kind} run over a flow that does nothing and the engine's start", ratio, MOST[kind], "x")
        for kind, *_, ratio in rows[: len(KINDS)]
    ]
    bars.append(Bar("run with a server over a flow that does nothing", rows[-2][-1], MOST_WITH_SERVER, "x"))
    return Section(
        key="cold",
        title="From the prompt to a validated result",
        text="Whole processes, the start and the stop of what each starts included.",
        tables=[Table(header, rows)],
        bars=bars,
        data={"seconds": {" ".join(key): value for key, value in medians.items()}},
    )
