"""Frames into tables: what the table then holds, what went over the wire, and that nothing is left in S3."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import ChangedWorkError, FrameError, StatementFailedError
from tests.history import History
from tests.prefect_redshift.frames.conftest import Bucket, rows, until

FRAME = pd.DataFrame({"id": [1, 2, 3], "name": ["one", "two", None]})
ROWS = [(1, "one"), (2, "two"), (3, None)]
ALL = "select id, name from items order by id, name"


@pytest.fixture
async def items(warehouse: RedshiftDataApi) -> RedshiftDataApi:
    await warehouse.run("create table items (name varchar(20), id bigint, more integer default 7)")
    return warehouse


def batches() -> Iterator[pa.RecordBatch]:
    yield from pa.Table.from_pandas(FRAME).to_batches(max_chunksize=1)


async def later() -> AsyncIterator[pd.DataFrame]:
    for number in range(len(FRAME)):
        yield FRAME.iloc[number : number + 1]


@pytest.mark.parametrize(
    "data",
    [
        lambda: pl.DataFrame(pa.Table.from_pandas(FRAME)),
        lambda: FRAME,
        lambda: pa.Table.from_pandas(FRAME),
        lambda: pa.Table.from_pandas(FRAME).to_reader(),
        lambda: pa.RecordBatch.from_pandas(FRAME),
        batches,
        later,
        lambda: [FRAME, FRAME.iloc[:0]],
    ],
)
async def test_whatever_is_a_frame(items: RedshiftDataApi, data: Any) -> None:
    copied = await items.copy_into("public.items", data())
    assert (copied.rows, copied.parts) == (3, 1)
    assert await rows(items, ALL) == ROWS
    assert await rows(items, "select distinct more from items") == [(7,)]


async def test_many_parts_are_one_copy(items: RedshiftDataApi, history: History) -> None:
    frame = pd.DataFrame({"id": range(1000), "name": "x"})
    copied = await items.copy_into("items", frame, rows_a_part=64, name="parts")
    assert (copied.rows, copied.parts) == (1000, 16)
    assert await rows(items, "select count(*), count(distinct id), sum(id) from items") == [
        (1000, 1000, 499_500)
    ]
    assert len([run for run in history.executions("parts/") if run["sql"].startswith("copy ")]) == 1


@pytest.mark.parametrize(
    ("mode", "keys", "held"),
    [
        ("append", (), [(1, "one"), (1, "uno"), (2, "two"), (4, "four")]),
        ("overwrite", (), [(1, "uno"), (4, "four")]),
        ("upsert", ("id",), [(1, "uno"), (2, "two"), (4, "four")]),
        ("upsert", ("ID", "name"), [(1, "one"), (1, "uno"), (2, "two"), (4, "four")]),
    ],
)
async def test_modes(items: RedshiftDataApi, mode: Any, keys: tuple[str, ...], held: list[Any]) -> None:
    await items.run("insert into items (id, name) values (1, 'one'), (2, 'two')")
    await items.copy_into(
        "items", pd.DataFrame({"id": [1, 4], "name": ["uno", "four"]}), mode=mode, keys=keys
    )
    assert await rows(items, ALL) == held


async def test_a_failure_changes_nothing_and_leaves_nothing(items: RedshiftDataApi, bucket: Bucket) -> None:
    await items.run("alter table items add column due integer not null default 1")
    await items.copy_into("items", FRAME)
    frame = pa.table({"id": [9], "due": pa.nulls(1)})
    with pytest.raises(StatementFailedError):
        await items.copy_into("items", frame, mode="overwrite")
    assert await rows(items, ALL) == ROWS
    assert bucket.keys() == []


@pytest.mark.parametrize(
    ("options", "frame", "words"),
    [
        (
            {"mode": "upsert", "keys": ["id", "name"]},
            {"id": [5, 5], "name": ["a", None]},
            "The key name is NULL in a row",
        ),
        (
            {"mode": "upsert", "keys": ["id"]},
            {"id": [5, 5], "name": ["a", "b"]},
            "several rows have the same keys",
        ),
        (
            {"mode": "upsert", "keys": ["id"]},
            {"id": [5, None], "name": ["a", "b"]},
            "The key id is NULL in a row",
        ),
        ({"mode": "upsert", "keys": ["nr"]}, {"id": [5]}, "The key 'nr' is no column of the rows"),
        ({"mode": "upsert"}, {"id": [5]}, "An upsert needs keys"),
        ({"keys": ["id"]}, {"id": [5]}, "no other mode takes any"),
        ({"mode": "replace"}, {"id": [5]}, "There is no mode 'replace'"),
        ({}, {"id": [5], "other": [1]}, "has no column 'other'; it has name, id, more"),
        ({}, {"id": [5], "ID": [6]}, "Two columns are called 'ID'"),
        ({}, {'i"d': [5]}, "is no name of a column"),
        ({"types": {"x": "int"}}, {"id": [5]}, "types names 'x'"),
        ({"types": {"id": "blob"}, "create": True}, {"id": [5]}, "'blob', the type of column id, is no type"),
        ({"iam_role": "admin"}, {"id": [5]}, "'admin' is no IAM role"),
        ({"iam_role": "arn:aws:iam::123456789012:role/x' csv"}, {"id": [5]}, "is no IAM role"),
        ({"s3_prefix": "bucket/x"}, {"id": [5]}, "is no place in S3: write s3://BUCKET/PREFIX/"),
        ({"s3_prefix": "s3://bucket/it's/"}, {"id": [5]}, "is no place in S3"),
    ],
)
async def test_bad_input_gets_a_sentence(
    items: RedshiftDataApi, options: dict[str, Any], frame: dict[str, Any], words: str
) -> None:
    with pytest.raises(FrameError) as refused:
        await items.copy_into("items", pa.table(list(frame.values()), names=list(frame)), **options)
    assert words in str(refused.value)
    assert await rows(items, "select count(*) from items") == [(0,)]


@pytest.mark.parametrize(
    ("table", "data", "words"),
    [
        ("nowhere", FRAME, "There is no table"),
        ('x"; drop table items', FRAME, "is no name of a table"),
        ("items", 7, "int is no frame"),
        ("items", [1], "int is no frame"),
        ("items", FRAME["id"], "call its to_frame"),
        ("items", pd.DataFrame({"id": [1, "x"]}), "values of several types"),
        ("items", [], "There is not one frame to load"),
        ("items", pd.DataFrame(index=[1, 2]), "The frame has no columns"),
        ("a.b.items", FRAME, "is no name of a table"),
        ('"a"b"', FRAME, "is no name of a table"),
        ("x" * 128, FRAME, "is no name of a table"),
        ("items", [FRAME, FRAME[["id"]]], "The first frame has the columns"),
    ],
)
async def test_what_is_no_frame_or_no_table(
    items: RedshiftDataApi, table: str, data: Any, words: str
) -> None:
    with pytest.raises(FrameError) as refused:
        await items.copy_into(table, data)
    assert words in str(refused.value)


async def test_no_rows(items: RedshiftDataApi) -> None:
    await items.copy_into("items", FRAME)
    assert (await items.copy_into("items", FRAME.iloc[:0])).statement is None
    await items.copy_into("items", FRAME.iloc[:0], mode="upsert", keys=["id"])
    assert await rows(items, ALL) == ROWS
    await items.copy_into("items", FRAME.iloc[:0], mode="overwrite")
    assert await rows(items, ALL) == []
    await items.copy_into("made", pa.Table.from_pandas(FRAME)[:0], create=True)
    assert await rows(items, "select id, name from made") == []


async def test_named_work_is_loaded_once(items: RedshiftDataApi, history: History) -> None:
    first = await items.copy_into("items", FRAME, name="day")
    again = await items.copy_into("items", list(batches()), name="day", listed=None)
    assert first.statement is not None
    assert again.statement is not None
    assert again.statement.id == first.statement.id
    assert await rows(items, ALL) == ROWS
    assert len([run for run in history.executions("day/") if run["sql"].startswith("copy ")]) == 1


async def test_an_append_of_other_rows_under_the_same_name_is_refused(items: RedshiftDataApi) -> None:
    await items.copy_into("items", FRAME, name="day")
    with pytest.raises(ChangedWorkError):
        await items.copy_into("items", FRAME.iloc[:2], name="day")
    assert await rows(items, ALL) == ROWS
    await items.copy_into("items", FRAME.iloc[:2], name="day of the others", mode="overwrite")
    await items.copy_into("items", FRAME.iloc[1:], name="day of the others", mode="overwrite")
    assert await rows(items, ALL) == ROWS[1:]


async def test_a_failed_copy_is_tried_again_under_its_name(items: RedshiftDataApi, history: History) -> None:
    await items.run("drop table items")
    # What COPY leaves out is NULL; the frame says nothing of it.
    await items.run("create table items (id bigint, name varchar(20), due integer not null)")
    with pytest.raises(StatementFailedError) as failed:
        await items.copy_into("items", FRAME, name="late", rows_a_part=1)
    statuses = [(part.status, part.number) for part in failed.value.statement.sub_statements]
    assert statuses[0] == ("FAILED", 1)
    assert await rows(items, "select count(*) from items") == [(0,)]
    await items.run("alter table items drop column due")
    await items.copy_into("items", FRAME, name="late", rows_a_part=1)
    assert await rows(items, ALL) == ROWS
    copies = [run["status"] for run in history.executions("late/") if run["sql"].startswith("copy ")]
    assert copies == ["FAILED", "FINISHED"]


@pytest.mark.parametrize(
    ("table", "made"),
    [
        ("order", '"order"'),
        ("public.Items_2", "public.items_2"),
        ('"sales of 2026".order', '"sales of 2026"."order"'),
        ('public."sales.by-day"', 'public."sales.by-day"'),
        ('"ITEMS"', "items"),
    ],
)
async def test_names_that_need_quotes(items: RedshiftDataApi, database: str, table: str, made: str) -> None:
    await items.run('create schema "sales of 2026"')
    if made != "items":
        await items.run(f"create table {made} (id bigint, name varchar(20))")
    for mode, keys in (("append", ()), ("upsert", ("id",)), ("overwrite", ())):
        copied: Any = await items.copy_into(table, FRAME, mode=mode, keys=keys)  # type: ignore[arg-type]
        assert copied.rows == 3
    assert await rows(items, f"select id, name from {made} order by id") == ROWS
    back = await items.unload_to_arrow(f"select id from {made}")
    assert sorted(back["id"].to_pylist()) == [1, 2, 3]


async def test_an_upsert_by_several_keys_of_types_that_are_staged(items: RedshiftDataApi) -> None:
    await items.run("create table visits (shop varchar(9), at timestamptz, clock time, n integer)")
    at = pa.array([0, 0, 1], pa.timestamp("s", tz="UTC"))
    clock = pa.array([0, 1, 0], pa.time32("s"))
    first = {"shop": ["a", "a", "b"], "at": at, "clock": clock, "n": [1, 2, 3]}
    keys = ["shop", "at", "clock"]
    await items.copy_into("visits", pa.table(first), mode="upsert", keys=keys)
    second = first | {"shop": ["a", "b", "b"], "n": [10, 20, 30]}
    await items.copy_into("visits", pa.table(second), mode="upsert", keys=keys)
    assert await rows(items, "select shop, n from visits order by shop, n") == [
        ("a", 2),
        ("a", 10),
        ("b", 20),
        ("b", 30),
    ]
    with pytest.raises(FrameError, match=r"several rows have the same keys \(shop, at, clock\)"):
        await items.copy_into(
            "visits", pa.concat_tables([pa.table(first), pa.table(first)]), mode="upsert", keys=keys
        )
    assert await rows(items, "select count(*) from visits") == [(4,)]


async def test_a_cancelled_load_ends_its_statement_and_leaves_nothing(
    items: RedshiftDataApi, bucket: Bucket, history: History, admin: Admin
) -> None:
    # A transaction that writes into the table keeps COPY from ending.
    writing = ["insert into items (id) values (7)", "select pg_sleep(60)"]
    blocking = asyncio.create_task(items.run(writing, name="blocking"))
    await until(lambda: history.has_started("blocking/"))
    loading = asyncio.create_task(items.copy_into("items", FRAME, name="cancelled"))
    await until(lambda: history.has_started("cancelled/"))
    assert bucket.keys()
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    assert bucket.keys() == []
    [listed] = [statement async for statement in items.list_statements("cancelled/")]
    assert listed.status == "ABORTED"
    blocking.cancel()
    await asyncio.gather(blocking, return_exceptions=True)
    assert await rows(items, ALL) == []


async def test_a_source_that_fails_leaves_nothing(items: RedshiftDataApi, bucket: Bucket) -> None:
    def broken() -> Iterator[pd.DataFrame]:
        yield FRAME
        yield FRAME
        raise OSError("the file is gone")

    with pytest.raises(OSError, match="the file is gone"):
        await items.copy_into("items", broken(), rows_a_part=2)
    assert bucket.keys() == []
    assert await rows(items, ALL) == []
