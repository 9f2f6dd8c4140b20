"""A backfill's speed, calls and memory, beside a plain loop over the same days on one database connection.

    python -m benchmarks.backfill [DAYS] [ROUNDS]

The loop calls the procedure by psycopg, on the stand-in's own PostgreSQL: no Data API, no flow. They take turns, both
load days again that are loaded, and the one that begins alternates. The backfill's wall time is that of the flow's
body: procedures, setup, dimensions, finding and validating the days included. That of its batches is from the first
batch's submission to the last one's end.
"""

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.many_at_once import megabytes
from flows.backfill import sales_backfill
from flows.command_line import prepare_process
from flows.local import local_services
from local_aws import Admin, running

LAST = date(2026, 10, 31)
WARM_UP_DAYS = 41  # two batches


def loop(sockets: str, days: Sequence[date]) -> float:
    """Calls the procedure for one day after the other; returns the seconds."""
    place = f"host={sockets} port=5432 dbname=dev user=IAM:local"
    with psycopg.connect(place, autocommit=True) as connection:
        started = time.perf_counter()
        for day in days:
            connection.execute(sql.SQL("call sp_load_fact_sales({}::date)").format(day.isoformat()))
        return time.perf_counter() - started


def backfill(days: Sequence[date]) -> float:
    """Runs the flow; returns the seconds of its body."""
    body = sales_backfill.fn
    walls: list[float] = []

    async def timed(*args: object, **kwargs: object) -> object:
        started = time.perf_counter()
        try:
            return await body(*args, **kwargs)  # type: ignore[arg-type]
        finally:
            walls.append(time.perf_counter() - started)

    sales_backfill.fn = timed  # type: ignore[assignment]
    try:
        asyncio.run(sales_backfill(from_date=days[0], to_date=days[-1], reload=True))
    finally:
        sales_backfill.fn = body
    return walls[0]


def batches(admin: Admin) -> float:
    """Seconds from the first batch's submission to the end of the last one's waiting."""
    calls = admin.calls()
    submitted = [call for call in calls if "/load_days_" in (call["statement_name"] or "")]
    ids = {call["statement_id"] for call in submitted}
    last = max(call["ended_at"] for call in calls if call["statement_id"] in ids)
    return float(last - submitted[0]["started_at"])


def main() -> None:
    """Prints each round, then the medians."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 365
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    days = [LAST - timedelta(n) for n in range(count)][::-1]
    prepare_process()
    logging.getLogger("prefect").setLevel(logging.WARNING)
    ratios: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as state:
        Path(state).chmod(0o711)  # under root, PostgreSQL is another user
        with local_services(Path(state), stand_in=True), running(state) as served:
            sockets = (Path(state) / "socket-folder").read_text().strip()
            admin = Admin(served.url)
            backfill(days[:WARM_UP_DAYS])
            at_rest = megabytes()
            for number in range(rounds):
                plain = loop(sockets, days) if number % 2 else 0.0
                admin.clear_history()
                wall = backfill(days)
                loading, calls = batches(admin), len(admin.calls())
                plain = plain or loop(sockets, days)
                ratios.append((plain / wall, plain / loading))
                print(
                    f"{count} days: loop {plain:.2f} s; backfill {wall:.2f} s, its batches {loading:.2f} s, "
                    f"{calls} calls, memory {megabytes() - at_rest:+.0f} MB"
                )
    whole, batched = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"median speed against the loop: {whole:.2f} in all, {batched:.2f} of the batches alone")


if __name__ == "__main__":
    main()
