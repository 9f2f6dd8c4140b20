"""Frames in and out by files in S3, beside awswrangler on the same endpoint, and beside our own reading of CSV.

    python -m benchmarks frames [--rows 1000000]

Each client is a process of its own, so that its peak memory is its own. A reader runs the same query, from its
submission to the data frame; a writer loads the same data frame into an empty table, until its rows are there.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.driver import peak_megabytes
from benchmarks.results import PEER, QUERY, WAREHOUSE

if TYPE_CHECKING:
    from benchmarks.report import Section

ROWS = 1_000_000
BUCKET, ROLE = "bench-frames", "arn:aws:iam::123456789012:role/loader"
PREFIX = f"s3://{BUCKET}/staging/"
TABLE = "bench_frames"
COLUMNS = (
    "ticket integer, store integer, price numeric(12, 2), ratio double precision, customer varchar(40),"
    " returned boolean, day date, at timestamp"
)
UNLOADED, CSV = "unload_to_pandas", "to_pandas (CSV)"
COPIED = "copy_into"


def measure(repeats: int, rows: int = ROWS) -> "Section":
    """Read and write so many rows by every client, so many times."""
    import boto3

    from benchmarks.place import stand_in, temporary_folder

    found: dict[str, list[dict[str, Any]]] = {}
    with temporary_folder() as folder, stand_in(folder):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        for _ in range(repeats):
            for client in CLIENTS:
                found.setdefault(client, []).append(one(client, rows))
    return section(found, rows)


def section(found: dict[str, list[dict[str, Any]]], rows: int) -> "Section":
    """Return the medians, side by side."""
    from benchmarks.report import Bar, Section, Table

    def median(client: str, figure: Callable[[dict[str, Any]], float]) -> float:
        return statistics.median(figure(taken) for taken in found[client])

    def speed(client: str) -> float:
        return rows / median(client, lambda taken: taken["seconds"])

    def grown(client: str) -> float:
        return median(client, lambda taken: taken["peak"] - taken["idle"])

    table: list[list[Any]] = [
        [
            client,
            speed(client),
            grown(client),
            "yes" if all(taken["exact"] for taken in found[client]) else "no",
        ]
        for client in CLIENTS
    ]
    pairs = [
        ("read", UNLOADED, f"{PEER} read"),
        ("read", UNLOADED, CSV),
        ("written", COPIED, f"{PEER} write"),
    ]
    bars = []
    for what, ours, other in pairs:
        bars.append(
            Bar(f"{rows:,} rows {what}, speed over {other}", speed(ours) / speed(other), 1, "x", above=True)
        )
        bars.append(Bar(f"{rows:,} rows {what}, memory over {other}", grown(ours) / grown(other), 1, "x"))
    return Section(
        key="frames",
        title="Frames by S3",
        text=f"{rows:,} rows of 8 columns. Memory: by how much the process grew; a writer holds the frame before.",
        tables=[Table(["client", "rows a second", "grown MB", "the same values"], table)],
        bars=bars,
        data={"rows": table},
    )


def one(client: str, rows: int) -> dict[str, Any]:
    """Run one client in a process of its own, on an empty table."""
    from benchmarks.peers.environments import python_of

    done = subprocess.run(
        [python_of(PEER) if client.startswith(PEER) else sys.executable, __file__, client, str(rows)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["rows"] == rows, f"{client} moved {found['rows']:,.0f} rows"
    return found


def frame_of(rows: int) -> Any:
    """Return the rows of the query as a data frame, with Arrow's types."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    n = np.arange(1, rows + 1)
    cents = pa.array(n * 25).cast(pa.decimal128(20, 0)).cast(pa.decimal128(22, 2))
    hundred = pa.scalar(100, pa.decimal128(3, 0))
    everyone = pa.array(np.char.add("customer ", n.astype(str)))
    customers = pa.compute.if_else(pa.array(n % 7 > 0), everyone, None)
    columns = {
        "ticket": pa.array(n, pa.int32()),
        "store": pa.array(n % 500, pa.int32()),
        "price": pa.compute.divide(cents, hundred).cast(pa.decimal128(12, 2)),
        "ratio": pa.array(n / 7.0),
        "customer": customers,
        "returned": pa.array(n % 3 == 0),
        "day": pa.array(np.datetime64("2026-01-01", "D") + n % 365),
        "at": pa.array(np.datetime64("2026-01-01", "us") + n * np.timedelta64(1_000_001, "us")),
    }
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)


def peer_read(rows: int) -> dict[str, Any]:
    """awswrangler's way to read a query by the Data API."""
    import awswrangler as wr

    connection = wr.data_api.redshift.connect(**WAREHOUSE)
    idle, started = peak_megabytes(), time.perf_counter()
    frame = wr.data_api.redshift.read_sql_query(QUERY.format(rows=rows), connection)
    return read_result(frame, rows, started, idle)


def peer_write(rows: int) -> dict[str, Any]:
    """awswrangler's Parquet, and a COPY by its own client of the Data API."""
    import awswrangler as wr

    connection = wr.data_api.redshift.connect(**WAREHOUSE)
    connection.execute(f"drop table if exists {TABLE}")
    connection.execute(f"create table {TABLE} ({COLUMNS})")
    frame = frame_of(rows)
    forget_the_peak()
    idle, started = peak_megabytes(), time.perf_counter()
    path = f"s3://{BUCKET}/peer/"
    # Its default, milliseconds, would lose digits.
    wr.s3.to_parquet(frame, path=path, dataset=True, pyarrow_additional_kwargs={"coerce_timestamps": "us"})
    connection.execute(f"copy {TABLE} from '{path}' iam_role '{ROLE}' format as parquet")
    wr.s3.delete_objects(path)
    taken = result(rows, started, idle)
    sums = wr.data_api.redshift.read_sql_query(_SUMS, connection)
    return taken | _held([str(value) for value in sums.iloc[0]], rows)


_SUMS = (
    f"select count(*)::varchar, sum(ticket)::varchar, sum(price)::varchar, count(customer)::varchar,"
    f" max(at)::varchar from {TABLE}"
)


def _held(sums: list[str], rows: int) -> dict[str, Any]:
    """Return how many rows the table holds, and whether they are the frame's."""
    last = f"{frame_of(rows)['at'].iloc[-1]:%Y-%m-%d %H:%M:%S.%f}".rstrip("0").rstrip(".")
    total = rows * (rows + 1) // 2
    wanted = [str(rows), str(total), f"{total / 4:.2f}", str(rows - rows // 7), last]
    return {"rows": int(sums[0]), "exact": sums == wanted}


async def _warehouse() -> Any:
    import pandas as pd  # noqa: F401 - imports are no part of the work, here as there
    import pyarrow.csv as pa_csv  # noqa: F401

    from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
    from prefect_redshift.frames import copying, unloaded_files  # noqa: F401

    warehouse: Any = RedshiftDataApi.model_validate({**WAREHOUSE, "s3_prefix": PREFIX, "iam_role": ROLE})
    await warehouse.data_api().connection.client.opened()
    await warehouse.frames().s3.opened()
    return warehouse


def unloaded(rows: int) -> dict[str, Any]:
    """By UNLOAD."""

    async def run() -> dict[str, Any]:
        warehouse = await _warehouse()
        idle, started = peak_megabytes(), time.perf_counter()
        frame = await warehouse.unload_to_pandas(QUERY.format(rows=rows))
        return read_result(frame, rows, started, idle)

    return asyncio.run(run())


def read_as_csv(rows: int) -> dict[str, Any]:
    """By the Data API's own results in CSV."""

    async def run() -> dict[str, Any]:
        warehouse = await _warehouse()
        idle, started = peak_megabytes(), time.perf_counter()
        statement = await warehouse.run(QUERY.format(rows=rows), result_format="CSV")
        frame = await warehouse.to_pandas(statement)
        return read_result(frame, rows, started, idle)

    return asyncio.run(run())


def copied(rows: int) -> dict[str, Any]:
    """By COPY."""

    async def run() -> dict[str, Any]:
        warehouse = await _warehouse()
        await warehouse.run([f"drop table if exists {TABLE}", f"create table {TABLE} ({COLUMNS})"])
        frame = frame_of(rows)
        forget_the_peak()
        idle, started = peak_megabytes(), time.perf_counter()
        await warehouse.copy_into(TABLE, frame)
        taken = result(rows, started, idle)
        sums = [row async for row in warehouse.rows(await warehouse.run(_SUMS))]
        return taken | _held([str(value) for value in sums[0]], rows)

    return asyncio.run(run())


def _is_exact(frame: Any, rows: int) -> bool:
    """Whether the sum of the prices, as decimals, and the last moment are what the query says."""
    from decimal import Decimal

    prices = frame["price"]
    return isinstance(prices.iloc[0], Decimal) and sum(prices.tolist()) == Decimal(rows * (rows + 1) // 2) / 4


def forget_the_peak() -> None:
    """Have the peak begin with what the process holds now: making the frame takes more than the frame."""
    Path("/proc/self/clear_refs").write_text("5")


def read_result(frame: Any, rows: int, started: float, idle: float) -> dict[str, Any]:
    """Return what a reader reports; the comparison, which needs more memory than the frame, comes last."""
    return result(len(frame), started, idle) | {"exact": _is_exact(frame, rows)}


def result(rows: int, started: float, idle: float) -> dict[str, Any]:
    """Return what a client reports."""
    seconds = time.perf_counter() - started
    return {"rows": rows, "seconds": seconds, "idle": idle, "peak": peak_megabytes()}


CLIENTS: dict[str, Callable[[int], dict[str, Any]]] = {
    f"{PEER} read": peer_read,
    CSV: read_as_csv,
    UNLOADED: unloaded,
    f"{PEER} write": peer_write,
    COPIED: copied,
}


if __name__ == "__main__":
    print(json.dumps(CLIENTS[sys.argv[1]](int(sys.argv[2]))))
