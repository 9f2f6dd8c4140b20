"""Frames as tasks, in a flow on a real Prefect server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest
from botocore.config import Config
from prefect import flow

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.runner.task_runner import EventLoopTaskRunner
from prefect_redshift.tasks import frames as tasks
from tests.job_warehouse import Warehouse

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
