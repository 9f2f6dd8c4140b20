"""A script that a test kills in the middle of a frame: `python killed.py DATABASE BUCKET WHAT`."""

import asyncio
import sys
import time
from collections.abc import Iterator

import pyarrow as pa

from prefect_redshift.data_api.api import DataApi, redshift_data_client
from prefect_redshift.frames.frames import Frames, s3_client

TABLE = pa.table({"id": range(30), "name": ["x"] * 30})
QUERY = "select n, 'x' || n as name from generate_series(1, 1000) n"
SLOW_QUERY = "select n, pg_sleep(n / 20)::varchar as name from generate_series(1, 20) n"


def stuck() -> Iterator[pa.Table]:
    """Yield all rows, and then never end."""
    yield TABLE
    time.sleep(600)


async def main(database: str, bucket: str, what: str) -> None:
    """Begin what is never finished."""
    api = DataApi(redshift_data_client(), {"WorkgroupName": "local-workgroup", "Database": database})
    role = "arn:aws:iam::123456789012:role/loader"
    frames = Frames(api.connection, s3_client(), f"s3://{bucket}/staging/", role)
    if what == "copy":
        await frames.copy_into("items", TABLE, name="killed", rows_a_part=10)
    elif what == "uploads":
        await frames.copy_into("items", stuck(), name="killed", rows_a_part=10)
    elif what == "unload":
        await frames.unload_to_arrow(SLOW_QUERY, name="killed")
    else:
        async for _ in frames.unload(QUERY, name="killed"):
            await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
