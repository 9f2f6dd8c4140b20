"""Queries by UNLOAD: the rows, in every form, and that nothing is left in S3."""

import asyncio
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import FrameError, StatementFailedError, StatementTimeoutError
from prefect_redshift.frames import unload_statements
from tests.history import History
from tests.prefect_redshift.frames.conftest import Bucket, rows, until

MANY = "select n, 'x' || n as name from generate_series(1, 100000) n"


async def test_batches_tables_frames_and_files(warehouse: RedshiftDataApi, tmp_path: Path) -> None:
    count = total = 0
    async with aclosing(warehouse.unload(MANY)) as batches:
        async for batch in batches:
            count += batch.num_rows
            total += sum(batch.column("n").to_pylist())
    assert (count, total) == (100_000, 5_000_050_000)
    frame = await warehouse.unload_to_pandas(MANY)
    assert (len(frame), frame["n"].sum(), str(frame["name"].dtype)) == (
        100_000,
        5_000_050_000,
        "string[pyarrow]",
    )
    paths = await warehouse.unload_to_folder(MANY, tmp_path / "out")
    assert [path.name for path in paths] == ["part-00000.parquet"]
    assert pq.read_table(paths[0]).num_rows == 100_000
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["part-00000.parquet"]
    with pytest.raises(FrameError, match="name another folder"):
        await warehouse.unload_to_folder(MANY, tmp_path / "out")


async def test_several_files(warehouse: RedshiftDataApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unload_statements, "MEGABYTES_A_FILE", 5)
    # Text that does not compress.
    query = "select n, md5(n::varchar) || md5((n + 1)::varchar) as t from generate_series(1, 400000) n"
    seen: set[int] = set()
    async for batch in warehouse.unload(query):
        seen.update(batch.column("n").to_pylist())
    assert len(seen) == 400_000


@pytest.mark.parametrize(
    ("sql", "parameters", "held"),
    [
        (
            "select 1 as a, 2 as a, 'it''s' as \"B c\" -- a comment",
            None,
            [("a", [1]), ("a", [2]), ("b c", ["it's"])],
        ),
        ("with t as (select 1 as a) select a from t order by a limit 1;", None, [("a", [1])]),
        ("select 'a\\\\b' as a", None, [("a", ["a\\b"])]),
        ("select $$x'y$$ as a", None, [("a", ["x'y"])]),
        (
            "select :word as a, cast(:n as int) as b",
            {"word": "it's $$ :n", "n": "3"},
            [("a", ["it's $$ :n"]), ("b", [3])],
        ),
        ("select 1 as a where false", None, [("a", [])]),
    ],
)
async def test_queries(
    warehouse: RedshiftDataApi,
    sql: str,
    parameters: dict[str, str] | None,
    held: list[tuple[str, list[object]]],
) -> None:
    table = await warehouse.unload_to_arrow(sql, parameters)
    assert [
        (name, column.to_pylist()) for name, column in zip(table.column_names, table.columns, strict=True)
    ] == held


async def test_what_ends_it_early_leaves_nothing(
    warehouse: RedshiftDataApi, bucket: Bucket, history: History
) -> None:
    with pytest.raises(StatementFailedError, match="division by zero"):
        await warehouse.unload_to_arrow("select 1 / (n - 5) as a from generate_series(1, 9) n")
    assert bucket.keys() == []
    with pytest.raises(StatementTimeoutError):
        await warehouse.unload_to_arrow(
            "select pg_sleep(n)::varchar as a from generate_series(20, 21) n", timeout=1
        )
    assert bucket.keys() == []
    async with aclosing(warehouse.unload(MANY)) as batches:
        async for _ in batches:
            assert bucket.keys()
            break
    assert bucket.keys() == []
    slow = "select pg_sleep(n)::varchar as a from generate_series(20, 21) n"
    unloading = asyncio.create_task(warehouse.unload_to_arrow(slow, name="cancelled"))
    await until(lambda: history.has_started("cancelled/1/"))
    unloading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await unloading
    assert {run["status"] for run in history.executions("cancelled/1/")} <= {"ABORTED", "FAILED"}
    assert bucket.keys() == []


async def test_from_a_table_into_another(warehouse: RedshiftDataApi) -> None:
    await warehouse.copy_into("copied", warehouse.unload(MANY), create=True, rows_a_part=30_000)
    assert await rows(warehouse, "select count(*), sum(n) from copied") == [(100_000, 5_000_050_000)]


async def test_without_a_place_in_s3(warehouse: RedshiftDataApi) -> None:
    bare = warehouse.model_copy(update={"s3_prefix": None})
    with pytest.raises(FrameError, match="set s3_prefix of the block, or of this call"):
        await bare.unload_to_arrow("select 1 as a")


def test_a_missing_pyarrow_is_named() -> None:
    code = (
        "import asyncio, sys; sys.modules['pyarrow'] = None\n"
        "from prefect_redshift.frames.frames import Frames\n"
        "asyncio.run(Frames(None, None).copy_into('t', []))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (
        'FrameError: Frames need pyarrow, of the extra "results": pip install pyarrow pandas.' in done.stderr
    )
