"""Frames as tasks, in a flow on a real Prefect server."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import pandas as pd
import pytest
from botocore.config import Config
from prefect import flow, get_client
from prefect.states import Crashed

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.tasks import frames as tasks
from prefect_redshift.tasks.hooks import cancel_statements
from tests.flow_runs import execute, new_flow_run, retry_here
from tests.job_warehouse import Warehouse
from tests.statements import eventually
from tests.time_to_cancel import IN_A_PROCESS

FRAME = pd.DataFrame({"id": [1, 2], "name": ["one", "two"]})
tried: list[int] = []


@flow(task_runner=EventLoopTaskRunner(), log_prints=False, retries=1)
async def in_and_out(warehouse: RedshiftDataApi, folder: Path) -> Any:
    await tasks.copy_into(warehouse, "items", FRAME)
    await tasks.copy_into(warehouse, "items", FRAME)
    tried.append(1)
    if len(tried) == 1:
        raise RuntimeError("a retry is wanted")
    query = "select id, name from items where id > :id"
    frame = await tasks.unload_to_pandas(warehouse, query, {"id": "1"})
    table = await tasks.unload_to_arrow(warehouse, "select * from items")
    paths = await tasks.unload_to_folder(warehouse, "select * from items", folder)
    return frame, table, paths


@flow(task_runner=EventLoopTaskRunner(), on_crashed=[cancel_statements])
async def load_items() -> None:
    warehouse = RedshiftDataApi.from_environment()
    assert warehouse is not None
    await tasks.copy_into(warehouse, "items", FRAME)


@pytest.fixture
def s3_prefix(aws: Served, database: str) -> Iterator[str]:
    s3 = boto3.client("s3", endpoint_url=aws.url, config=Config(s3={"addressing_style": "path"}))
    name = database.replace("_", "-")
    s3.create_bucket(Bucket=name)
    yield f"s3://{name}/"
    assert s3.list_objects_v2(Bucket=name)["KeyCount"] == 0
    s3.delete_bucket(Bucket=name)
    s3.close()


async def test_a_retried_flow_run_loads_once(
    warehouse: Warehouse, s3_prefix: str, tmp_path: Path, prefect_server: str
) -> None:
    tried.clear()
    block = RedshiftDataApi(
        workgroup_name="local-workgroup", database=warehouse.database, s3_prefix=s3_prefix
    )
    await block.run("create table items (id bigint, name varchar(9))")
    frame, table, paths = await in_and_out(block, tmp_path)
    assert len(tried) == 2
    assert frame["name"].tolist() == ["two", "two"]
    assert sorted(table["id"].to_pylist()) == [1, 1, 2, 2]
    assert len(paths) == 1


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_ends_during_its_load_leaves_nothing_and_is_retried(
    warehouse: Warehouse, s3_prefix: str, monkeypatch: pytest.MonkeyPatch, ended_by: signal.Signals
) -> None:
    monkeypatch.setenv("REDSHIFT_S3_PREFIX", s3_prefix)
    warehouse.run("create table items (id bigint, name varchar(9))")
    # A transaction that writes into the table keeps COPY from ending.
    blocking = warehouse.data_api.batch_execute_statement(
        **warehouse.target, Sqls=["insert into items values (7, 'seven')", "select pg_sleep(600)"]
    )
    try:
        flow_run_id = asyncio.run(new_flow_run(load_items))
        with execute(load_items, flow_run_id, IN_A_PROCESS) as process:
            eventually(lambda: started(warehouse), 90)
            process.send_signal(ended_by)
            process.wait(60)
        if ended_by == signal.SIGKILL:
            # What a worker does that notices.
            asyncio.run(notice(flow_run_id))
        [loading] = warehouse.statements("load-items/")
        assert loading["Status"] == "ABORTED"
        assert keys_below(s3_prefix) == []
    finally:
        warehouse.data_api.cancel_statement(Id=blocking["Id"])
    retry_here(load_items, flow_run_id)
    assert warehouse.rows("select id, name from items order by id") == [(1, "one"), (2, "two")]


def started(warehouse: Warehouse) -> bool:
    """Whether a load of the flow runs in the warehouse."""
    return any(found["Status"] == "STARTED" for found in warehouse.statements("load-items/"))


async def notice(flow_run_id: UUID) -> None:
    """Call the hook as for a run whose process is dead."""
    async with get_client() as client:
        flow_run = await client.read_flow_run(flow_run_id)
    await cancel_statements(load_items, flow_run, Crashed())


def keys_below(s3_prefix: str) -> list[str]:
    """Return the keys of a test's bucket."""
    s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
    try:
        found = s3.list_objects_v2(Bucket=s3_prefix.split("/")[2])
    finally:
        s3.close()
    return [entry["Key"] for entry in found.get("Contents", [])]
