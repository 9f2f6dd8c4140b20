"""Many statements of 5 to 10 seconds at once in one process, by the number of them and the client.

    python -m benchmarks many

Up to ten statements all clients run at the same time; with more, which keep a processor busy, one after the other. The
stand-in refuses no calls here, and no client keeps to AWS's rates: for these see the section `rates`.
"""

import os
import statistics
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.peers.clients import (
    DEFERRED_FAST,
    EMPTY,
    LOOP,
    OURS_UNPACED,
    TASKS_UNPACED,
    WRANGLER,
    Client,
    Measured,
    Running,
    side_by_side,
    tagged,
)
from benchmarks.peers.driver import Stages
from benchmarks.place import stand_in, temporary_folder
from benchmarks.report import Bar, Plot, Section, Table
from local_aws import Served

COUNTS = (1, 10, 100, 500)
FEW = 10  # so many leave the processors idle
SHORTEST, LONGEST = 5.0, 10.0
LATE_TASKS = 313  # 0.4 of what it was in version 0.1.0
CLIENTS = (OURS_UNPACED, TASKS_UNPACED, DEFERRED_FAST, WRANGLER, LOOP)
Rounds = dict[tuple[Client, int], list[Measured]]


def measure(repeats: int) -> Section:
    """Measures every client with every number of statements, so many times."""
    rounds: Rounds = {(client, count): [] for client in CLIENTS for count in COUNTS}
    empty: list[float] = []
    with temporary_folder() as folder, stand_in(folder, max_executing=500) as served:
        for number in range(repeats):
            for count in COUNTS:
                for group in groups(count):
                    stages = {client: statements(client, count, f"many {number}") for client in group}
                    place = folder / f"{number}-{count}-{CLIENTS.index(group[0])}"
                    for client, found in side_by_side(stages, served, place).items():
                        rounds[client, count].append(found)
            empty.append(cpu_of_nothing(COUNTS[-1], served, folder / f"{number}-empty"))
    return section(rounds, statistics.median(empty))


def cpu_of_nothing(count: int, served: Served, state: Path) -> float:
    """CPU seconds of so many Prefect tasks that do nothing."""
    running = Running(EMPTY, statements(EMPTY, count, "empty"), served, state)
    running.wait_until_ready()
    running.begin()
    return float(running.told()["cpu"])


def groups(count: int) -> list[tuple[Client, ...]]:
    """Who runs at the same time."""
    return [CLIENTS] if count <= FEW else [(client,) for client in CLIENTS]


def statements(client: Client, count: int, label: str) -> Stages:
    """One stage of statements, the longest first."""
    lengths = [LONGEST - (LONGEST - SHORTEST) * place / count for place in range(count)]
    return [tagged(client, lengths, label)]


def centile(found: Measured, percent: int) -> float:
    """So many per cent of the statements were noticed no later than this, in seconds."""
    ordered = sorted(found.late)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def why_late(found: Measured) -> str:
    """Tell how many statements outlast the wait of their submissions, and how late the others are noticed."""
    once = tuple(late for late, calls in zip(found.late, found.calls, strict=True) if calls == 1)
    again = len(found.late) - len(once)
    others = f" The others' is {1000 * centile(replace(found, late=once), 99):.3g} ms." if once else ""
    return f"{again} statements outlast the wait of their submissions and are asked for again all at once.{others}"


def why_tasks_are_late(found: Measured) -> str:
    """Tell who has the processors meanwhile."""
    return (
        f"of {os.cpu_count()} cores, Prefect's server takes {found.servers / found.wall:.2g} on average for the tasks'"
        f" events and log lines, the flow's process {found.cpu / found.wall:.2g}."
    )


def section(rounds: Rounds, empty: float) -> Section:
    """Return the medians, side by side."""

    def median(client: Client, count: int, figure: Callable[[Measured], float]) -> float:
        return statistics.median(figure(found) for found in rounds[client, count])

    figures: dict[str, Callable[[Measured], float]] = {
        "wall over the longest statement": lambda found: found.wall / found.engine,
        "late p50, ms": lambda found: 1000 * centile(found, 50),
        "late p99, ms": lambda found: 1000 * centile(found, 99),
        "calls a statement": lambda found: statistics.mean(found.calls),
        "CPU, s": lambda found: found.cpu,
        "grown, MB": lambda found: found.grown,
    }
    rows = [
        [client.name, count, *(median(client, count, figure) for figure in figures.values())]
        for client in CLIENTS
        for count in COUNTS
    ]
    ours, tasks, *others = CLIENTS
    most = COUNTS[-1]
    late = figures["late p99, ms"]
    task_cost = median(tasks, most, lambda f: f.cpu) - median(ours, most, lambda f: f.cpu)
    peers = min(median(client, most, late) for client in others)
    return Section(
        key="many",
        title="Many statements at once",
        text=f"Statements of {SHORTEST:g} to {LONGEST:g} s, all in flight together in one process.",
        tables=[Table(["client", "statements", *figures], rows)],
        bars=[
            Bar(
                f"{most} at once, late p99",
                median(ours, most, late),
                25,
                "ms",
                why=why_late(rounds[ours, most][-1]),
            ),
            Bar(
                f"{most} Prefect tasks at once, late p99",
                median(tasks, most, late),
                LATE_TASKS,
                "ms",
                why=why_tasks_are_late(rounds[tasks, most][-1]),
            ),
            Bar(f"{most} at once, wall over one", median(ours, most, lambda f: f.wall / f.engine), 1.1, "x"),
            Bar(
                f"{most} at once, calls a statement", median(ours, most, figures["calls a statement"]), 2, ""
            ),
            Bar(f"{most} at once, memory", median(ours, most, lambda f: f.grown), 150, "MB"),
            Bar("CPU that a Prefect task adds", 1000 * task_cost / most, 10, "ms"),
            Bar("the same over a Prefect task's that does nothing", task_cost / empty, 1.6, "x"),
            Bar("the best peer's late p99 over ours", peers / median(ours, most, late), 1, "x", above=True),
        ],
        plots=[
            Plot(
                "many",
                "statements at once",
                "late p99, ms",
                {c.name: [(n, median(c, n, late)) for n in COUNTS] for c in CLIENTS},
            ),
            Plot(
                "many-cpu",
                "statements at once",
                "CPU seconds of the client",
                {c.name: [(n, median(c, n, lambda found: found.cpu)) for n in COUNTS] for c in CLIENTS},
            ),
        ],
        data={"rows": rows},
    )
