"""Every way to log in reaches the warehouse as the right user; contradictions are refused when the block is made."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from pydantic import ValidationError

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import CallError, CredentialsRefusedError

CLUSTER: dict[str, Any] = {"cluster_identifier": "local-cluster"}
WORKGROUP: dict[str, Any] = {"workgroup_name": "local-workgroup"}


@pytest.fixture
def secret(aws: Served, database: str) -> Iterator[str]:
    """The ARN of a secret that names the user `keeper`."""
    secrets = boto3.client("secretsmanager")
    text = json.dumps({"username": "keeper", "password": "hunter2"})
    arn = secrets.create_secret(Name=database, SecretString=text)["ARN"]
    yield arn
    secrets.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    secrets.close()


async def user(block: RedshiftDataApi) -> str:
    statement = await block.run("select current_user as name")
    (row,) = [row async for row in block.rows(statement)]
    # The catalogue is asked under the same login.
    assert block.database in [name async for name in block.list_databases()]
    return str(row.name)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({**CLUSTER, "db_user": "etl"}, "etl"),
        (CLUSTER, "IAM:local"),
        (WORKGROUP, "IAM:local"),
    ],
)
async def test_temporary_credentials(
    aws: Served, database: str, fields: dict[str, Any], expected: str
) -> None:
    assert await user(RedshiftDataApi(database=database, **fields)) == expected


async def test_a_workgroup_by_its_arn(aws: Served, database: str) -> None:
    serverless = boto3.client("redshift-serverless")
    arn = serverless.get_workgroup(workgroupName="local-workgroup")["workgroup"]["workgroupArn"]
    serverless.close()
    assert await user(RedshiftDataApi(database=database, workgroup_name=arn)) == "IAM:local"


@pytest.mark.parametrize("target", [CLUSTER, WORKGROUP])
async def test_a_secret(aws: Served, database: str, secret: str, target: dict[str, Any]) -> None:
    assert await user(RedshiftDataApi(database=database, secret_arn=secret, **target)) == "keeper"


async def test_a_secret_that_is_missing(aws: Served, database: str) -> None:
    block = RedshiftDataApi(database=database, secret_arn="nowhere", **CLUSTER)
    with pytest.raises(CallError, match=r"ExecuteStatement: ValidationException: .*secret"):
        await block.run("select 1")


async def test_credentials_that_are_refused(
    aws: Served, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "EXPIRED1")
    block = RedshiftDataApi(database=database, **WORKGROUP)
    with pytest.raises(CredentialsRefusedError, match=r"ExpiredTokenException.* Check the AWS credentials"):
        await block.run("select 1")


@pytest.mark.parametrize(
    ("fields", "clashes"),
    [
        ({**CLUSTER, **WORKGROUP}, ["cluster_identifier and workgroup_name clash"]),
        ({}, ["No target: set cluster_identifier or workgroup_name"]),
        ({"secret_arn": "s"}, ["No target"]),
        ({**CLUSTER, "db_user": "u", "secret_arn": "s"}, ["db_user and secret_arn clash"]),
        ({**WORKGROUP, "db_user": "u"}, ["db_user and workgroup_name clash"]),
        (
            {**CLUSTER, **WORKGROUP, "db_user": "u", "secret_arn": "s"},
            [
                "cluster_identifier and workgroup_name",
                "db_user and secret_arn",
                "db_user and workgroup_name",
            ],
        ),
        ({**CLUSTER, "database": ""}, ["database"]),
        ({**CLUSTER, "statement_timeout_seconds": 0}, ["statement_timeout_seconds"]),
    ],
)
def test_contradictions_are_refused_at_once_and_named(fields: dict[str, Any], clashes: list[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        RedshiftDataApi(**fields)
    assert all(clash in str(refused.value) for clash in clashes)


def test_the_environment_names_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    assert RedshiftDataApi.from_environment() is None
    monkeypatch.setenv("REDSHIFT_CLUSTER_IDENTIFIER", "etl")
    monkeypatch.setenv("REDSHIFT_DB_USER", "loader")
    block = RedshiftDataApi.from_environment()
    assert block is not None
    assert block.data_api().connection.target == {
        "ClusterIdentifier": "etl",
        "Database": "dev",
        "DbUser": "loader",
    }
