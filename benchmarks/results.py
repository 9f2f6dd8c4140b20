"""Measures how fast a large result is read, beside awswrangler on the same endpoint.

    python -m benchmarks.results [ROWS]

awswrangler is installed, once, into a virtual environment of its own in the user's cache folder: it shall not enter
this project's. Each reader is a process of its own, so that its peak memory is its own; each runs the same query by
its public interface, and its whole time counts, from the submission to the last row.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

AWSWRANGLER = "awswrangler==3.17.1"
DEFAULT_ROWS = 200_000
# A sales table: numbers, a decimal, texts, a date, a timestamp; every seventh customer is NULL.
QUERY = """
select n as ticket, n % 500 as store, (n * 0.25)::numeric(12, 2) as price, n / 7.0::float8 as ratio,
    case when n % 7 > 0 then 'customer ' || n end as customer, n % 3 = 0 as returned,
    date '2026-01-01' + n % 365 as day, timestamp '2026-01-01' + n * interval '1 second' as at
from generate_series(1, {rows}) n
"""
WAREHOUSE = {"workgroup_name": "local-workgroup", "database": "dev"}


def main() -> None:
    """Prints each reader's rows a second and peak memory, as a multiple of awswrangler's."""
    if len(sys.argv) == 3:
        print(json.dumps(READERS[sys.argv[1]](QUERY.format(rows=int(sys.argv[2])))))
        return
    from local_aws import running

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_ROWS
    theirs = their_python()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # under root, PostgreSQL is another user
        with running(Path(folder) / "data") as served:
            measured = {
                reader: measure(theirs if reader == "awswrangler" else sys.executable, reader, rows, served)
                for reader in READERS
            }
    report(measured, rows)


def report(measured: dict[str, dict[str, float]], rows: int) -> None:
    """Prints what was measured, side by side."""
    base = measured["awswrangler"]
    print(f"{rows:,} rows of 8 columns, from the submission to the last row")
    print(f"{'':34}{'seconds':>9}{'rows/s':>10}{'speed':>8}{'peak MB':>9}{'grown MB':>10}")
    for reader, found in measured.items():
        assert found["rows"] == rows, f"{reader} read {found['rows']:,.0f} rows"
        print(
            f"{reader:34}{found['seconds']:9.2f}{rows / found['seconds']:10,.0f}"
            f"{base['seconds'] / found['seconds']:7.1f}x{found['peak']:9.0f}{found['peak'] - found['idle']:10.0f}"
        )


def measure(python: str, reader: str, rows: int, served: Any) -> dict[str, float]:
    """Runs one reader in a process of its own."""
    done = subprocess.run(
        [python, __file__, reader, str(rows)],
        env={**os.environ, **served.environment, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def their_python() -> str:
    """The interpreter of awswrangler's own environment, made if it is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "redshift-data-api-benchmarks" / AWSWRANGLER
    python = home / "bin" / "python"
    ready = home / "ready"
    if not ready.exists():
        print(f"installing {AWSWRANGLER} in {home} ...", file=sys.stderr)
        venv.create(home, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", AWSWRANGLER], check=True)
        ready.touch()
    return str(python)


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def awswrangler(sql: str) -> dict[str, float]:
    """Their public interface, which has one way."""
    import awswrangler as wr  # type: ignore[import-not-found]

    connection = wr.data_api.redshift.connect(**WAREHOUSE)
    idle, started = peak_megabytes(), time.perf_counter()
    frame = wr.data_api.redshift.read_sql_query(sql, connection)
    return result(len(frame), started, idle)


Read = Callable[[Any, Any], Coroutine[Any, Any, int]]


def ours(result_format: str, read: Read) -> Callable[[str], dict[str, float]]:
    """A reader by the block."""

    async def run(sql: str) -> dict[str, float]:
        import pandas as pd  # noqa: F401 - imports are no part of the reading, here as there
        import pyarrow.csv as pa_csv  # noqa: F401

        from blocks import RedshiftDataApi

        warehouse: Any = RedshiftDataApi.model_validate(WAREHOUSE)
        await warehouse.calls()
        idle, started = peak_megabytes(), time.perf_counter()
        statement = await warehouse.run(sql, result_format=result_format)
        return result(await read(warehouse, statement), started, idle)

    return lambda sql: asyncio.run(run(sql))


def result(rows: int, started: float, idle: float) -> dict[str, float]:
    """What a reader reports."""
    return {
        "rows": rows,
        "seconds": time.perf_counter() - started,
        "idle": idle,
        "peak": peak_megabytes(),
    }


async def to_pandas(warehouse: Any, statement: Any) -> int:
    """The whole result as a data frame."""
    return len(await warehouse.to_pandas(statement))


async def by_batches(warehouse: Any, statement: Any) -> int:
    """Batch by batch, as a program that writes them somewhere."""
    return sum([batch.num_rows async for batch in warehouse.record_batches(statement)])


async def by_rows(warehouse: Any, statement: Any) -> int:
    """Row by row."""
    count = 0
    async for _ in warehouse.rows(statement):
        count += 1
    return count


READERS: dict[str, Callable[[str], dict[str, float]]] = {
    "awswrangler": awswrangler,
    "to_pandas (CSV)": ours("CSV", to_pandas),
    "record_batches (CSV)": ours("CSV", by_batches),
    "rows (CSV)": ours("CSV", by_rows),
    "rows (JSON)": ours("JSON", by_rows),
}


if __name__ == "__main__":
    main()
