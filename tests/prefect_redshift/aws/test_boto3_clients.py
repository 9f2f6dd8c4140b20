"""What clients share, and what is each one's own."""

import asyncio
import gc
import threading

import pytest
from botocore.loaders import JSONFileLoader
from prefect_aws import AwsCredentials

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from tests.statements import eventually


def block_of(database: str, access_key: str | None = None) -> RedshiftDataApi:
    secret = f"secret of {access_key}" if access_key else None
    credentials = AwsCredentials.model_validate(
        {"aws_access_key_id": access_key, "aws_secret_access_key": secret}
    )
    return RedshiftDataApi(
        workgroup_name="local-workgroup",
        database=database,
        aws_credentials=credentials,
        max_concurrent_waits=2,
    )


async def boto3_client(block: RedshiftDataApi) -> object:
    return await block.data_api().connection.client.opened()


async def user(block: RedshiftDataApi) -> str:
    statement = await block.run("select current_user as name")
    (row,) = [row async for row in block.rows(statement)]
    return str(row.name)


async def test_blocks_of_different_credentials_share_no_client(
    aws: Served, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = block_of(database, "one"), block_of(database, "other")
    users = await asyncio.gather(user(one), user(other), user(one))
    assert list(users) == ["IAM:one", "IAM:other", "IAM:one"]
    assert await boto3_client(one) is not await boto3_client(other)
    # Nor does a client keep credentials of the environment that are no longer there.
    assert await user(block_of(database)) == "IAM:local"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "renewed")
    assert await user(block_of(database)) == "IAM:renewed"


async def test_botocores_files_are_read_once(
    aws: Served, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await block_of(database, "one").run("select 1")
    read: list[str] = []
    load_file = JSONFileLoader.load_file

    def noting(self: JSONFileLoader, file_path: str) -> object:
        read.append(file_path)
        return load_file(self, file_path)

    monkeypatch.setattr(JSONFileLoader, "load_file", noting)
    await block_of(database, "other").run("select 1")
    assert read == []


def test_a_client_outlives_the_event_loop_that_it_was_made_in(aws: Served, database: str) -> None:
    block = block_of(database)
    assert asyncio.run(user(block)) == "IAM:local"
    client = asyncio.run(boto3_client(block))
    assert asyncio.run(user(block)) == "IAM:local"
    assert asyncio.run(boto3_client(block)) is client


def test_a_client_s_threads_and_connections_go_with_its_block(aws: Served, database: str) -> None:
    before = threading.active_count()
    for _ in range(5):
        asyncio.run(user(block_of(database)))
    gc.collect()
    eventually(lambda: threading.active_count() <= before)
