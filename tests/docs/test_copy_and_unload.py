"""The code of docs/copy-and-unload.md, as it is printed, on the stand-in."""

from collections.abc import Iterator
from typing import Any

import boto3
import pandas as pd
import pytest
from botocore.config import Config

from local_aws import Served
from tests.docs.pages import cells

BLOCKS = cells("docs/copy-and-unload.md")


@pytest.fixture
def s3(aws: Served) -> Iterator[Any]:
    client = boto3.client("s3", endpoint_url=aws.url, config=Config(s3={"addressing_style": "path"}))
    client.create_bucket(Bucket="my-bucket")
    yield client
    assert client.list_objects_v2(Bucket="my-bucket")["KeyCount"] == 0
    client.delete_bucket(Bucket="my-bucket")
    client.close()


def executed(block: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(block, "page", "exec"), names)
    return names


def on_the_stand_in(block: str, database: str) -> str:
    """Return the code with the names of what there is here."""
    made = block.replace('"etl"', '"local-workgroup"').replace('"dev"', repr(database))
    assert made.count(repr(database)) <= 1
    return made


def test_the_first_example(s3: Any, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    executed(on_the_stand_in(BLOCKS[0], database))
    printed = capsys.readouterr().out
    assert "2 rows in 1 file" in printed
    assert "coffee" in printed
    assert "tea" not in printed
    assert printed.rstrip().endswith("2")


async def test_the_other_examples(s3: Any, database: str, prefect_server: str) -> None:
    from prefect_redshift import RedshiftDataApi

    warehouse = RedshiftDataApi(
        workgroup_name="local-workgroup", database=database, s3_prefix="s3://my-bucket/staging/"
    )
    await warehouse.run("create table public.prices (item varchar(9), price float8)")
    frame = await executed(BLOCKS[2])["load_prices"](
        warehouse, pd.DataFrame({"item": ["tea"], "price": [2.5]})
    )
    assert frame.to_dict("records") == [{"item": "tea", "price": 2.5}]
    batch = await executed(BLOCKS[1])["first_batch"](warehouse)
    assert batch.to_pylist() == [{"item": "tea", "price": 2.5}]
