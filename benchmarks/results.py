"""How fast a result is read, and in how much memory, beside awswrangler on the same endpoint.

    python -m benchmarks results

Each reader is a process of its own, so that its peak memory is its own; each runs the same query by its public
interface, and its whole time counts, from the submission to the last row.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.driver import peak_megabytes

if TYPE_CHECKING:
    from benchmarks.report import Section

SIZES = (1_000, 10_000, 100_000, 1_000_000)
# A sales table: numbers, a decimal, texts, a date, a timestamp; every seventh customer is NULL.
QUERY = """
select n as ticket, n % 500 as store, (n * 0.25)::numeric(12, 2) as price, n / 7.0::float8 as ratio,
    case when n % 7 > 0 then 'customer ' || n end as customer, n % 3 = 0 as returned,
    date '2026-01-01' + n % 365 as day, timestamp '2026-01-01' + n * interval '1 second' as at
from generate_series(1, {rows}) n
"""
WAREHOUSE = {"workgroup_name": "local-workgroup", "database": "dev"}
PEER = "awswrangler"


def measure(repeats: int) -> "Section":
    """Read results of every size by every reader, the largest once and the others so many times."""
    from benchmarks.place import stand_in, temporary_folder

    found: dict[tuple[str, int], list[dict[str, float]]] = {}
    with temporary_folder() as folder, stand_in(folder):
        for _ in range(repeats):
            for rows in SIZES:
                for reader in READERS:
                    taken = found.setdefault((reader, rows), [])
                    if not taken or rows < SIZES[-1]:
                        taken.append(read(reader, rows))
        calls = calls_to_rows()
    return section(found, calls)


def calls_to_rows() -> int:
    """Count the calls from a short SELECT's submission to its rows."""
    from local_aws import Admin
    from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi

    async def fetch() -> None:
        warehouse: Any = RedshiftDataApi.model_validate(WAREHOUSE)
        assert await by_rows(warehouse, await warehouse.run("select 1")) == 1

    admin = Admin(os.environ["AWS_ENDPOINT_URL"])
    admin.clear_history()
    asyncio.run(fetch())
    return len(admin.calls())


def section(found: dict[tuple[str, int], list[dict[str, float]]], calls: int) -> "Section":
    """Return the medians, side by side, and how many calls a short SELECT takes."""
    from benchmarks.report import Bar, Plot, Section, Table

    most = SIZES[-1]

    def median(reader: str, rows: int, figure: Callable[[dict[str, float]], float]) -> float:
        return statistics.median(figure(taken) for taken in found[reader, rows])

    def seconds(reader: str, rows: int) -> float:
        return median(reader, rows, lambda taken: taken["seconds"])

    def speeds(reader: str) -> list[float]:
        return [size / seconds(reader, size) for size in SIZES]

    def over_peer(reader: str) -> float:
        return seconds(PEER, most) / seconds(reader, most)

    def grown(reader: str) -> float:
        return median(reader, most, lambda taken: taken["peak"] - taken["idle"])

    rows: list[list[Any]] = [
        [reader, *speeds(reader), over_peer(reader), grown(reader)] for reader in READERS
    ]
    header = [
        "rows a second",
        *(f"{size:,} rows" for size in SIZES),
        "over awswrangler",
        f"grown MB, {most:,} rows",
    ]
    return Section(
        key="results",
        title="Reading results",
        text="Rows of 8 columns, from the submission to the last row.",
        tables=[Table(header, rows)],
        bars=[
            Bar(
                f"{most:,} rows into pandas, over awswrangler",
                over_peer("to_pandas (CSV)"),
                3,
                "x",
                above=True,
            ),
            Bar("calls from a short SELECT to its rows", calls, 2, ""),
        ],
        plots=[
            Plot(
                "results",
                "rows",
                "rows a second",
                {reader: [(n, n / seconds(reader, n)) for n in SIZES] for reader in READERS},
            )
        ],
        data={"rows": rows},
    )


def read(reader: str, rows: int) -> dict[str, float]:
    """Run one reader in a process of its own."""
    from benchmarks.peers.environments import python_of

    done = subprocess.run(
        [python_of(PEER) if reader == PEER else sys.executable, __file__, reader, str(rows)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    assert found["rows"] == rows, f"{reader} read {found['rows']:,.0f} rows"
    return found


def awswrangler(sql: str) -> dict[str, float]:
    """Their public interface, which has one way."""
    import awswrangler as wr

    connection = wr.data_api.redshift.connect(**WAREHOUSE)
    idle, started = peak_megabytes(), time.perf_counter()
    frame = wr.data_api.redshift.read_sql_query(sql, connection)
    return result(len(frame), started, idle)


Read = Callable[[Any, Any], Coroutine[Any, Any, int]]


def ours(result_format: str, read: Read) -> Callable[[str], dict[str, float]]:
    """Return a reader by the block."""

    async def run(sql: str) -> dict[str, float]:
        import pandas as pd  # noqa: F401 - imports are no part of the reading, here as there
        import pyarrow.csv as pa_csv  # noqa: F401

        from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi

        warehouse: Any = RedshiftDataApi.model_validate(WAREHOUSE)
        await warehouse.data_api().connection.client.opened()
        idle, started = peak_megabytes(), time.perf_counter()
        statement = await warehouse.run(sql, result_format=result_format)
        return result(await read(warehouse, statement), started, idle)

    return lambda sql: asyncio.run(run(sql))


def result(rows: int, started: float, idle: float) -> dict[str, float]:
    """Return what a reader reports."""
    return {
        "rows": rows,
        "seconds": time.perf_counter() - started,
        "idle": idle,
        "peak": peak_megabytes(),
    }


async def to_pandas(warehouse: Any, statement: Any) -> int:
    """Return the whole result as a data frame."""
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
    PEER: awswrangler,
    "to_pandas (CSV)": ours("CSV", to_pandas),
    "record_batches (CSV)": ours("CSV", by_batches),
    "rows (CSV)": ours("CSV", by_rows),
    "rows (JSON)": ours("JSON", by_rows),
}


if __name__ == "__main__":
    print(json.dumps(READERS[sys.argv[1]](QUERY.format(rows=int(sys.argv[2])))))
