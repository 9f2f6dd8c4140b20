"""The pytest plugin. pytest imports it for every test run, so it imports nothing else until a fixture is used."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from local_aws import Served
    from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi

WORKGROUP = "local-workgroup"


@pytest.fixture(scope="session")
def redshift_stand_in() -> Iterator["Served"]:
    """A stand-in for AWS that all tests of the session share, in a temporary folder.

    Its `url` is the endpoint, its `environment` the AWS_* variables that point an SDK at it.
    """
    missing = missing_packages()
    if missing:
        pytest.fail(
            "The stand-in for AWS needs the extra `local`: pip install 'prefect-redshift[local]' "
            f"(missing: {', '.join(missing)}).",
            pytrace=False,
        )
    from local_aws import running

    folder = Path(tempfile.mkdtemp(prefix="prefect-redshift-"))
    # Run by root, PostgreSQL becomes another user, who must be able to pass through.
    folder.chmod(0o711)
    try:
        with running(folder / "data") as served:
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redshift_warehouse(
    redshift_stand_in: "Served", monkeypatch: pytest.MonkeyPatch
) -> Iterator["RedshiftDataApi"]:
    """A block whose database is the test's own, empty at first.

    For the test, the environment names the same warehouse: `RedshiftDataApi.from_environment()` and every AWS SDK
    reach the stand-in, and no configuration of the developer's applies.
    """
    from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi

    for name in [name for name in os.environ if name.startswith(("AWS_", "REDSHIFT_"))]:
        monkeypatch.delenv(name)
    database = f"test_{uuid.uuid4().hex[:12]}"
    variables = {
        **redshift_stand_in.environment,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # A proxy of the developer's cannot reach this machine.
        "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1,localhost"))),
        "REDSHIFT_WORKGROUP_NAME": WORKGROUP,
        "REDSHIFT_DATABASE": database,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    _run_in_dev(f"create database {database}")
    yield RedshiftDataApi(workgroup_name=WORKGROUP, database=database)
    _end_all_in(database)
    _run_in_dev(f"drop database {database}")


def missing_packages() -> list[str]:
    """Return the packages of the extra `local` that are not installed."""
    from packaging.requirements import Requirement

    missing = []
    for text in requires("prefect-redshift") or []:
        requirement = Requirement(text)
        if requirement.marker and requirement.marker.evaluate({"extra": "local"}):
            try:
                version(requirement.name)
            except PackageNotFoundError:
                missing.append(requirement.name)
    return missing


def _end_all_in(database: str) -> None:
    """Cancel what a test has left running and close its sessions, which keep its database from being dropped.

    API: ListStatements, CancelStatement, ListSessions.
    """
    import boto3

    client = boto3.client("redshift-data")
    try:
        pages = client.get_paginator("list_statements").paginate(Database=database, Status="ALL")
        for statement in [statement for page in pages for statement in page["Statements"]]:
            if statement["Status"] in ("SUBMITTED", "PICKED", "STARTED"):
                with suppress(client.exceptions.ValidationException):  # it has ended meanwhile
                    client.cancel_statement(Id=statement["Id"])
        for session in client.list_sessions(Database=database)["Sessions"]:
            last = {"Sql": "select 1", "SessionKeepAliveSeconds": 0, "WaitTimeSeconds": 30}
            client.execute_statement(SessionId=session["SessionId"], **last)
    finally:
        client.close()


def _run_in_dev(sql: str) -> None:
    """Run a statement in the database that is always there (ExecuteStatement); fail the test unless it finishes."""
    import boto3

    client = boto3.client("redshift-data")
    try:
        done = client.execute_statement(WorkgroupName=WORKGROUP, Database="dev", Sql=sql, WaitTimeSeconds=30)
        if done["Status"] != "FINISHED":
            error = client.describe_statement(Id=done["Id"]).get("Error", done["Status"])
            pytest.fail(f"{sql}: {error}", pytrace=False)
    finally:
        client.close()
