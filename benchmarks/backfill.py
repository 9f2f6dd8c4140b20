"""A backfill's speed, calls and memory, beside a plain loop over the same days on one database connection.

    python -m benchmarks backfill

The loop calls the procedure by psycopg, on the stand-in's own PostgreSQL: no Data API, no flow. They take turns, both
load days again that are loaded, and the one that begins alternates. The backfill's time is that of the flow's body:
procedures, setup, dimensions, finding and validating the days included. The backfill loads a year at once.
"""

import asyncio
import logging
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.place import temporary_folder
from benchmarks.report import Bar, Plot, Section, Table
from flows.sales_backfill import sales_backfill
from local_aws import Admin
from prefect_redshift.cli.flow_process import prepare_process
from prefect_redshift.local.services import local_services

YEAR, TEN_YEARS = 365, 3650
DAYS = (1, 30, YEAR, TEN_YEARS)
OFTEN = YEAR  # more days are loaded once
LAST = date(2026, 10, 31)
WARM_UP_DAYS = 367  # two ranges


@dataclass(frozen=True)
class Taken:
    """Seconds of both, the backfill's API calls, and the MB that its process grew."""

    loop: float
    backfill: float
    calls: int
    grown: float


def measure(repeats: int) -> Section:
    """Load each number of days by both, so many times."""
    prepare_process()
    logging.getLogger("prefect").setLevel(logging.WARNING)
    found: dict[int, list[Taken]] = {count: [] for count in DAYS}
    with temporary_folder() as state, local_services(state, stand_in=True):
        sockets = (state / "socket-folder").read_text().strip()
        admin = Admin(os.environ["AWS_ENDPOINT_URL"])
        backfill(days_before(WARM_UP_DAYS))
        for number in range(repeats):
            for count in DAYS:
                if number == 0 or count <= OFTEN:
                    found[count].append(both(admin, sockets, days_before(count), loop_first=number % 2 == 0))
    return section(found)


def days_before(count: int) -> list[date]:
    """So many days up to the last."""
    return [LAST - timedelta(n) for n in range(count)][::-1]


def both(admin: Admin, sockets: str, days: Sequence[date], *, loop_first: bool) -> Taken:
    """Load the days by both, one after the other, and return what each took."""
    plain = loop(sockets, days) if loop_first else 0.0
    admin.clear_history()
    at_rest = megabytes()
    seconds = backfill(days)
    calls, grown = len(admin.calls()), megabytes() - at_rest
    return Taken(plain or loop(sockets, days), seconds, calls, grown)


def loop(sockets: str, days: Sequence[date]) -> float:
    """Call the procedure for one day after the other, and return the seconds."""
    place = f"host={sockets} port=5432 dbname=dev user=IAM:local"
    with psycopg.connect(place, autocommit=True) as connection:
        started = time.perf_counter()
        for day in days:
            connection.execute(sql.SQL("call sp_load_fact_sales({}::date)").format(day.isoformat()))
        return time.perf_counter() - started


def backfill(days: Sequence[date]) -> float:
    """Run the flow, and return the seconds of its body."""
    body = sales_backfill.fn
    walls: list[float] = []

    async def timed(*args: object, **kwargs: object) -> object:
        started = time.perf_counter()
        try:
            return await body(*args, **kwargs)
        finally:
            walls.append(time.perf_counter() - started)

    sales_backfill.fn = timed
    try:
        asyncio.run(sales_backfill(from_date=days[0], to_date=days[-1], reload=True))  # type: ignore[arg-type]
    finally:
        sales_backfill.fn = body
    return walls[0]


def megabytes() -> float:
    """Return the memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def section(found: dict[int, list[Taken]]) -> Section:
    """Return the medians, side by side."""

    def median(count: int, figure: str) -> float:
        return float(statistics.median(getattr(taken, figure) for taken in found[count]))

    def speed(count: int) -> float:
        return statistics.median(taken.loop / taken.backfill for taken in found[count])

    figures = ("loop", "backfill", "calls", "grown")
    rows = [[count, *(median(count, figure) for figure in figures), speed(count)] for count in DAYS]
    return Section(
        key="backfill",
        title="Backfill",
        text="Seconds of a plain loop on one connection and of the backfill, its calls, and the MB that it grew.",
        tables=[Table(["days", "loop, s", "backfill, s", "calls", "grown, MB", "speed of the loop"], rows)],
        bars=[
            Bar(f"{YEAR} days, Data API calls", median(YEAR, "calls"), 25, ""),
            Bar(f"{YEAR} days, speed of the loop", speed(YEAR), 8, "x", above=True),
            Bar(f"{TEN_YEARS:,} days, Data API calls", median(TEN_YEARS, "calls"), 60, ""),
            Bar(f"{TEN_YEARS:,} days, speed of the loop", speed(TEN_YEARS), 20, "x", above=True),
        ],
        plots=[
            Plot(
                "backfill",
                "days",
                "seconds",
                {name: [(n, median(n, name)) for n in DAYS] for name in ("loop", "backfill")},
            )
        ],
        data={"rows": rows},
    )
