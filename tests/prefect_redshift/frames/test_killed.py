"""Processes that are killed in the middle of a frame: what they leave, and what the next try makes of it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import FrameError
from tests.history import History
from tests.prefect_redshift.frames import killed
from tests.prefect_redshift.frames.conftest import Bucket, folders, rows, until

HELD = "select count(*), count(distinct id) from items"


@pytest.fixture
async def items(warehouse: RedshiftDataApi) -> RedshiftDataApi:
    await warehouse.run("create table items (id bigint, name varchar(20))")
    return warehouse


@contextmanager
def process(warehouse: RedshiftDataApi, bucket: Bucket, what: str) -> "Iterator[subprocess.Popen[bytes]]":
    command = [sys.executable, str(Path(killed.__file__)), warehouse.database, bucket.name, what]
    with subprocess.Popen(command, env=dict(os.environ)) as started:
        try:
            yield started
        finally:
            started.kill()


@asynccontextmanager
async def blocked(warehouse: RedshiftDataApi, history: History) -> AsyncIterator[None]:
    """Keep COPY from ending, by a transaction that writes into the table."""
    writing = ["insert into items (id) values (700)", "select pg_sleep(600)"]
    blocking = asyncio.create_task(warehouse.run(writing, name="blocking"))
    await until(lambda: history.has_started("blocking/"))
    try:
        yield
    finally:
        blocking.cancel()
        await asyncio.gather(blocking, return_exceptions=True)


async def killed_when(
    warehouse: RedshiftDataApi, bucket: Bucket, what: str, holds: Callable[[], bool]
) -> None:
    with process(warehouse, bucket, what) as started:
        await until(holds)
        started.kill()
        assert await asyncio.to_thread(started.wait, 30) == -signal.SIGKILL


async def test_killed_between_uploads(items: RedshiftDataApi, bucket: Bucket, history: History) -> None:
    await killed_when(items, bucket, "uploads", lambda: len(bucket.keys()) == 3)
    assert folders(bucket) == {"staging/copy/killed.files"}
    assert history.executions("killed/") == []
    await items.copy_into("items", killed.TABLE, name="killed")
    assert bucket.keys() == []
    assert await rows(items, HELD) == [(30, 30)]


async def test_killed_during_copy(items: RedshiftDataApi, bucket: Bucket, history: History) -> None:
    async with blocked(items, history):
        await killed_when(items, bucket, "copy", partial(history.has_started, "killed/"))
        assert len(bucket.keys()) == 4
        # It still runs: the next try waits for it.
        again = asyncio.create_task(items.copy_into("items", killed.TABLE, name="killed", rows_a_part=10))
        await asyncio.wait([again], timeout=0.5)
        assert not again.done()
    assert (await again).rows == 30
    assert await rows(items, HELD) == [(30, 30)]
    assert len([run for run in history.executions("killed/") if run["sql"].startswith("copy ")]) == 1
    assert bucket.keys() == []


async def test_killed_during_unload(items: RedshiftDataApi, bucket: Bucket, history: History) -> None:
    await killed_when(items, bucket, "unload", partial(history.has_started, "killed/1/"))
    found = await items.unload_to_arrow(killed.QUERY, name="killed")
    assert found.num_rows == 1000
    listed = [statement.status async for statement in items.list_statements("killed/1/")]
    assert sorted(listed) == ["ABORTED", "FINISHED"]
    assert bucket.keys() == []


async def test_killed_while_it_reads(items: RedshiftDataApi, bucket: Bucket) -> None:
    await killed_when(items, bucket, "reads", lambda: bool(bucket.keys()))
    assert {folder.rpartition("/")[0] for folder in folders(bucket)} == {"staging/unload/killed.files"}
    found = await items.unload_to_arrow(killed.QUERY, name="killed")
    assert sorted(found["n"].to_pylist()) == list(range(1, 1001))
    assert bucket.keys() == []


async def test_what_is_left_is_removed_by_the_work_s_name(items: RedshiftDataApi, bucket: Bucket) -> None:
    names = ["flow/1/a", "flow/1/b é", "flow/10/a"]
    for name in names:
        place = f"staging/copy/{name.replace(' é', '=20=C3=A9')}.files/"
        bucket.s3.put_object(Bucket=bucket.name, Key=f"{place}00000.parquet", Body=b"")
    bucket.s3.put_object(Bucket=bucket.name, Key="staging/unload/flow/1/a.files/x/000.parquet", Body=b"")
    await items.copy_into("items", killed.TABLE, name="flow/1/b é")
    assert len(bucket.keys()) == 3
    await items.remove_staged("flow/1/")
    assert bucket.keys() == ["staging/copy/flow/10/a.files/00000.parquet"]
    with pytest.raises(FrameError, match="the files of all work would go"):
        await items.remove_staged("")
    await items.remove_staged("flow/")
