"""Many statements under the rates that AWS publishes: how near each client comes to what they allow.

    python -m benchmarks rates

The stand-in throttles calls beyond 30 ExecuteStatement, 100 DescribeStatement and 20 GetStatementResult a second, after
a burst of one second's calls. No client can submit faster: the floor is that of the submissions and one statement. The
clients run one after the other, each with a full burst.
"""

import statistics
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from prefect import get_client
from prefect.exceptions import ObjectNotFound

from benchmarks.peers import SHARED_LIMIT
from benchmarks.peers.clients import (
    AIRFLOW,
    LOOP,
    OURS,
    OURS_SHARING,
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
PEERS = (AIRFLOW, WRANGLER, LOOP)
# Clients, processes and statements in each.
RUNS = (
    *((client, 1, IN_ONE) for client in (OURS, *PEERS)),
    *((client, PROCESSES, IN_EACH) for client in (OURS, OURS_SHARING, *PEERS)),
)
Rounds = dict[tuple[Client, int, int], list["Found"]]


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
    """Measure every client in one process, and in eight at once, so many times."""
    rounds: Rounds = {run: [] for run in RUNS}
    with (
        temporary_folder() as folder,
        stand_in(folder, max_executing=500, rates=True) as served,
        local_services(folder / "services", stand_in=False),
    ):
        forget_slots()
        for number in range(repeats):
            for place, run in enumerate(RUNS):
                client, processes, each = run
                label = f"rates {number} {place}"
                found = under_rates(client, processes, each, served, folder / label.replace(" ", "-"), label)
                rounds[run].append(found)
    return section(rounds)


def forget_slots() -> None:
    """Begin without the slots that earlier runs have left, whose server ended before them."""
    with get_client(sync_client=True) as client, suppress(ObjectNotFound):
        client.delete_global_concurrency_limit_by_name(SHARED_LIMIT)


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


def section(rounds: Rounds) -> Section:
    """Show the medians, side by side."""

    def median(run: tuple[Client, int, int], figure: Callable[[Found], float]) -> float:
        return statistics.median(figure(found) for found in rounds[run])

    def over_floor(found: Found) -> float:
        return found.wall / found.floor

    def throttled(found: Found) -> float:
        return 100 * found.throttled

    figures: dict[str, Callable[[Found], float]] = {
        "wall, s": lambda found: found.wall,
        "wall over the floor": over_floor,
        "throttled, %": throttled,
        "given up": lambda found: found.failed,
    }
    rows = [
        [run[0].name, run[1], run[1] * run[2], *(median(run, figure) for figure in figures.values())]
        for run in rounds
    ]
    alone, eight, sharing = (OURS, 1, IN_ONE), (OURS, PROCESSES, IN_EACH), (OURS_SHARING, PROCESSES, IN_EACH)
    return Section(
        key="rates",
        title="Under the service's rates",
        text=f"Statements of {SECONDS:g} s, all asked for at once. The floors of {IN_ONE} and {PROCESSES * IN_EACH} "
        f"statements are {floor(IN_ONE):.1f} and {floor(PROCESSES * IN_EACH):.1f} s. Throttled are so many of the "
        "calls that have a rate; given up are statements for which the client stopped trying.",
        tables=[Table(["client", "processes", "statements", *figures], rows)],
        bars=[
            Bar("under the rates, one process, wall over the floor", median(alone, over_floor), 1.05, "x"),
            Bar("under the rates, one process, calls throttled", median(alone, throttled), 1, "%"),
            Bar("under the rates, eight processes, wall over the floor", median(eight, over_floor), 1.2, "x"),
            Bar("under the rates, eight processes, calls throttled", median(eight, throttled), 10, "%"),
            Bar("under the rates, eight sharing, wall over the floor", median(sharing, over_floor), 1.2, "x"),
            Bar("under the rates, eight sharing, calls throttled", median(sharing, throttled), 1, "%"),
        ],
        data={"rows": rows},
    )
