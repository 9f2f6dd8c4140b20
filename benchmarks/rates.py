"""Many statements under the rates that AWS publishes: how near each client comes to what they allow.

    python -m benchmarks rates

The stand-in throttles calls beyond 30 ExecuteStatement, 100 DescribeStatement and 20 GetStatementResult a second, after
a burst of one second's calls. No client can submit faster: the floor is that of the submissions and one statement. The
clients run one after the other, each with a full burst.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.clients import (
    AIRFLOW,
    DEFERRED,
    LOOP,
    OURS,
    OURS_SHARING,
    TASKS,
    WRANGLER,
    Client,
    Running,
    tagged,
)
from benchmarks.place import stand_in, temporary_folder
from benchmarks.report import Bar, Section, Table
from local_aws import Admin, Served
from local_aws.wire.rates import PER_SECOND
from prefect_redshift.local.services import local_services

SECONDS = 5.0
IN_ONE = 500
PROCESSES, IN_EACH = 8, 100
ONE = (OURS, TASKS, AIRFLOW, DEFERRED, WRANGLER, LOOP)
EIGHT = (OURS, OURS_SHARING, LOOP)


@dataclass(frozen=True)
class Found:
    """What running statements under the rates took.

    Attributes:
        wall: Seconds from the first call to the last end noticed.
        floor: Seconds that the rates and the burst allow.
        throttled: Share of the calls.
        failed: Statements whose client gave up.
    """

    wall: float
    floor: float
    throttled: float
    failed: int


def measure(repeats: int) -> Section:
    """Measure every client alone, and some in eight processes at once, so many times."""
    rounds: dict[tuple[Client, int], list[Found]] = {}
    with (
        temporary_folder() as folder,
        stand_in(folder, max_executing=500, rates=True) as served,
        local_services(folder / "services", stand_in=False),
    ):
        for number in range(repeats):
            for client, processes, each in everyone():
                place = folder / f"{number}-{processes}-{client.name.replace(' ', '-')}"
                found = under_rates(client, processes, each, served, place, f"rates {number}")
                rounds.setdefault((client, processes), []).append(found)
    return section(rounds)


def everyone() -> list[tuple[Client, int, int]]:
    """Who is measured, in how many processes, with how many statements in each."""
    return [(client, 1, IN_ONE) for client in ONE] + [(client, PROCESSES, IN_EACH) for client in EIGHT]


def floor(statements: int) -> float:
    """Seconds that so many statements take at least: the burst goes at once, the last ends its length later."""
    rate = PER_SECOND["ExecuteStatement"]
    return (statements - rate) / rate + SECONDS


def under_rates(client: Client, processes: int, each: int, served: Served, place: Path, label: str) -> Found:
    """Run statements in several processes at once, from the moment at which all are ready."""
    admin = Admin(served.url)
    running = [
        Running(client, [tagged(client, [SECONDS] * each, f"{label} {n}")], served, place / str(n))
        for n in range(processes)
    ]
    for process in running:
        process.wait_until_ready()
    admin.clear_history()
    for process in running:
        process.begin()
    told = [process.told() for process in running]
    calls = [call for call in admin.calls() if call["operation"] in PER_SECOND]
    refused = sum(call["outcome"] == "ThrottlingException" for call in calls)
    began = min(call["started_at"] for call in calls)
    ended = max(max(found["noticed"].values(), default=began) for found in told)
    failed = sum(len(found["failed"]) for found in told)
    return Found(ended - began, floor(processes * each), refused / len(calls), failed)


def section(rounds: dict[tuple[Client, int], list[Found]]) -> Section:
    """Show the medians, side by side."""

    def median(client: Client, processes: int, figure: Callable[[Found], float]) -> float:
        return statistics.median(figure(found) for found in rounds[client, processes])

    def over_floor(found: Found) -> float:
        return found.wall / found.floor

    def throttled(found: Found) -> float:
        return 100 * found.throttled

    rows = [
        [
            client.name,
            processes,
            median(client, processes, lambda found: found.wall),
            median(client, processes, over_floor),
            median(client, processes, throttled),
            median(client, processes, lambda found: found.failed),
        ]
        for client, processes in rounds
    ]
    return Section(
        key="rates",
        title="Under the service's rates",
        text=f"{IN_ONE} statements of {SECONDS:g} s in one process, and {IN_EACH} in each of {PROCESSES} at once. "
        f"The floors are {floor(IN_ONE):.1f} s and {floor(PROCESSES * IN_EACH):.1f} s.",
        tables=[
            Table(["client", "processes", "wall, s", "wall over the floor", "throttled, %", "given up"], rows)
        ],
        bars=[
            Bar("one process, wall over the floor", median(OURS, 1, over_floor), 1.05, "x"),
            Bar("one process, calls throttled", median(OURS, 1, throttled), 1, "%"),
            Bar("eight processes, wall over the floor", median(OURS, PROCESSES, over_floor), 1.2, "x"),
            Bar("eight processes, calls throttled", median(OURS, PROCESSES, throttled), 10, "%"),
            Bar("eight sharing, wall over the floor", median(OURS_SHARING, PROCESSES, over_floor), 1.2, "x"),
            Bar("eight sharing, calls throttled", median(OURS_SHARING, PROCESSES, throttled), 1, "%"),
        ],
        data={"rows": rows},
    )
