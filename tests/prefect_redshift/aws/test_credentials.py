"""Credentials that end in the middle are replaced: a role's, and those of a file that somebody has renewed."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from prefect_aws import AwsCredentials

from local_aws import Admin, Served
from prefect_redshift.aws.credentials import session_of_role
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import CredentialsRefusedError
from tests.history import History

ROLE = "arn:aws:iam::123456789012:role/LoaderRole"
SLOW = "select pg_sleep(0.5)"


def assuming(database: str) -> RedshiftDataApi:
    credentials = AwsCredentials(assume_role_arn=ROLE, region_name="us-east-1")
    return RedshiftDataApi(workgroup_name="local-workgroup", database=database, aws_credentials=credentials)


async def user(block: RedshiftDataApi) -> str:
    statement = await block.run("select current_user as name")
    (row,) = [row async for row in block.rows(statement)]
    return str(row.name)


@pytest.mark.parametrize("code", ["ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException"])
async def test_a_role_that_the_service_calls_expired_is_assumed_anew(
    aws: Served, database: str, admin: Admin, history: History, code: str
) -> None:
    block = assuming(database)
    before = await user(block)
    assert before.startswith("IAM:ASIA")
    for operation in ("DescribeStatement", "ExecuteStatement", "GetStatementResult"):
        admin.add_fault("error", operation=operation, code=code, count=1)
    assert (await block.run(SLOW, name="slow")).status == "FINISHED"
    assert len(history.executions("slow")) == 1
    assert (await user(block)).startswith("IAM:ASIA")
    assert await user(block) != before


async def test_a_cancellation_outlives_the_credentials(aws: Served, database: str, admin: Admin) -> None:
    block = assuming(database)
    running = await block.execute_statement("select pg_sleep(60)", name="load")
    admin.add_fault("error", operation="CancelStatement", code="ExpiredTokenException", count=1)
    await block.cancel_statement(running)
    assert (await block.wait(running)).status == "ABORTED"


def test_a_role_s_credentials_are_fetched_anew_before_they_expire(aws: Served) -> None:
    session = session_of_role(
        boto3.Session(), {"RoleArn": ROLE, "RoleSessionName": "loader", "DurationSeconds": 900}
    )
    credentials: Any = session.get_credentials()
    first = credentials.get_frozen_credentials()
    # The shortest credentials that there are last 15 minutes, and are not fetched at each call.
    assert credentials.get_frozen_credentials() == first
    credentials._expiry_time = datetime.now(UTC) + timedelta(seconds=100)
    second = credentials.get_frozen_credentials()
    assert second.access_key != first.access_key
    assert credentials.get_frozen_credentials() == second


async def test_keys_that_were_replaced_in_their_file_are_read_again(
    aws: Served, database: str, admin: Admin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.fspath(keys))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    profile = "[default]\naws_access_key_id = {}\naws_secret_access_key = secret\n"
    keys.write_text(profile.format("first"))
    block = RedshiftDataApi(workgroup_name="local-workgroup", database=database)
    assert await user(block) == "IAM:first"
    keys.write_text(profile.format("second"))
    assert await user(block) == "IAM:first"
    admin.add_fault("error", operation="ExecuteStatement", code="UnrecognizedClientException", count=1)
    assert await user(block) == "IAM:second"


async def test_keys_that_nobody_has_replaced_are_refused_once(
    aws: Served, database: str, admin: Admin, history: History
) -> None:
    admin.add_fault("error", operation="ExecuteStatement", code="ExpiredTokenException")
    with pytest.raises(CredentialsRefusedError, match="ExpiredTokenException"):
        await RedshiftDataApi(workgroup_name="local-workgroup", database=database).run("select 1")
    assert len(history.calls("ExecuteStatement")) == 1
