"""The block on a database and a bucket of a test's own."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi

ROLE = "arn:aws:iam::123456789012:role/loader"


class Bucket:
    """The objects of one bucket."""

    def __init__(self, s3: Any, name: str) -> None:
        self.s3 = s3
        self.name = name

    def keys(self) -> list[str]:
        """Return all keys."""
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket=self.name).get("Contents", [])]


@pytest.fixture
def bucket(aws: Served, database: str) -> Iterator[Bucket]:
    """A bucket named as this test's database; nothing may be left in it."""
    s3 = boto3.client("s3", endpoint_url=aws.url, config=Config(s3={"addressing_style": "path"}))
    name = database.replace("_", "-")
    s3.create_bucket(Bucket=name)
    made = Bucket(s3, name)
    yield made
    left = made.keys()
    for key in left:
        s3.delete_object(Bucket=name, Key=key)
    s3.delete_bucket(Bucket=name)
    s3.close()
    assert left == []


@pytest.fixture
def warehouse(aws: Served, database: str, bucket: Bucket) -> RedshiftDataApi:
    """The block with a place in S3."""
    return RedshiftDataApi(
        workgroup_name="local-workgroup",
        database=database,
        s3_prefix=f"s3://{bucket.name}/staging/",
        iam_role=ROLE,
    )


async def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something holds; the bound is only against hanging."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.02)


async def rows(warehouse: RedshiftDataApi, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query, as the Data API itself returns them."""
    found: AsyncIterator[Any] = warehouse.rows(await warehouse.run(sql))
    return [tuple(row) async for row in found]


def folders(bucket: Bucket) -> set[str]:
    """Return the folders of all objects."""
    return {key.rpartition("/")[0] for key in bucket.keys()}  # noqa: SIM118 - it is no mapping
