"""Six statements in the pipeline's shape: two, then two at once, then two; wall time over the engine's critical path.

    python -m benchmarks pipeline

Steps of no length keep the processors busy: there the clients run one after the other, else at the same time, from one
word on.
"""

import random
import statistics
from collections.abc import Callable
from typing import Any

from benchmarks.peers.clients import OURS, PEERS, TASKS, Client, Measured, side_by_side, tagged
from benchmarks.place import stand_in, temporary_folder
from benchmarks.report import Bar, Plot, Section, Table

STEP_SECONDS = (0.0, 1.0, 5.0)
CLIENTS = (OURS, TASKS, *PEERS)
Rounds = list[dict[Client, Measured]]


def measure(repeats: int) -> Section:
    """Measures every client with steps of every length, so many times."""
    dice = random.Random(2)
    with temporary_folder() as folder, stand_in(folder, max_executing=100) as served:
        rounds: dict[float, Rounds] = {seconds: [] for seconds in STEP_SECONDS}
        for number in range(repeats):
            for seconds in STEP_SECONDS:
                lengths = [seconds * dice.uniform(1, 1.1) for _ in range(6)]
                found: dict[Client, Measured] = {}
                for group in [CLIENTS] if seconds else [(client,) for client in CLIENTS]:
                    stages = {client: in_shape(client, lengths, f"pipeline {number}") for client in group}
                    place = folder / f"{number}-{seconds:g}-{CLIENTS.index(group[0])}"
                    found |= side_by_side(stages, served, place)
                rounds[seconds].append(found)
    return section(rounds)


def in_shape(client: Client, lengths: list[float], label: str) -> list[list[str]]:
    """Deploy, setup, the two dimensions, facts, validation."""
    one, two, three, four, five, six = tagged(client, lengths, label)
    return [[one], [two], [three, four], [five], [six]]


def section(rounds: dict[float, Rounds]) -> Section:
    """Return the medians, side by side."""

    def median(client: Client, seconds: float, figure: Callable[[Measured], float]) -> float:
        return statistics.median(figure(found[client]) for found in rounds[seconds])

    def beyond(found: Measured) -> float:
        return found.wall - found.engine

    header = ["seconds beyond the engine's critical path", *(f"steps of {s:g} s" for s in STEP_SECONDS)]
    rows: list[list[Any]] = [
        [client.name, *(median(client, s, beyond) for s in STEP_SECONDS)] for client in CLIENTS
    ]
    stand_in_part = [median(TASKS, s, lambda found: found.stand_in) for s in STEP_SECONDS]
    client_part = [median(OURS, s, lambda found: beyond(found) - found.stand_in) for s in STEP_SECONDS]
    whole = [median(TASKS, s, beyond) for s in STEP_SECONDS]
    prefect_part = [w - c - s for w, c, s in zip(whole, client_part, stand_in_part, strict=True)]
    longest = STEP_SECONDS[-1]
    allowed = median(TASKS, longest, lambda found: 1.02 * found.engine + 0.25)
    best = [
        min(median(client, s, beyond) for client in PEERS) / w
        for s, w in zip(STEP_SECONDS, whole, strict=True)
    ]
    return Section(
        key="pipeline",
        title="The pipeline",
        text="Six statements of 0, 1 and 5 s in five stages. The last table splits what our tasks add.",
        tables=[
            Table(header, rows),
            Table(
                ["of which", *(f"steps of {s:g} s" for s in STEP_SECONDS)],
                [["Prefect", *prefect_part], ["client", *client_part], ["stand-in", *stand_in_part]],
            ),
        ],
        bars=[
            Bar(
                f"pipeline of {longest:g} s steps, wall",
                median(TASKS, longest, lambda f: f.wall),
                allowed,
                "s",
            ),
            Bar("the best peer's overhead over ours, at the worst length", min(best), 1, "x", above=True),
        ],
        plots=[
            Plot(
                "pipeline",
                "seconds a step",
                "seconds beyond the critical path",
                {row[0]: list(zip((0.1, *STEP_SECONDS[1:]), row[1:], strict=True)) for row in rows},
            )
        ],
        data={"beyond": {row[0]: row[1:] for row in rows}},
    )
