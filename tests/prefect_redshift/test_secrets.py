"""Secrets and values are planted in every place that holds one, and looked for in everything that is written."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from local_aws import Served, running
from tests.project import PROJECT_FOLDER

KEY, TOKEN, PASSWORD, VALUE, BLOCK_KEY = (
    f"planted-{kind}-7f3a" for kind in ("key", "token", "password", "value", "block")
)
PLANTED = (KEY, TOKEN, PASSWORD, VALUE, BLOCK_KEY)

# A flow of a user's own, then the pipeline: what ends well, what fails in the engine, in the service and in a check.
PROGRAM = f"""
import asyncio, os, sys
from prefect import flow, get_run_logger
from pydantic import SecretStr
from prefect_aws import AwsCredentials
from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift import RedshiftDataApi
from prefect_redshift.data_api.request import Request
from prefect_redshift.exceptions import RedshiftError
from prefect_redshift.tasks.connections import connect
from prefect_redshift.tasks.data_api import execute_statement, get_statement_result, run_statement

VALUES = {{"value": {VALUE!r}}}

@flow
async def planted():
    warehouse = await connect("planted")
    log = get_run_logger()
    log.debug("%r %s %r", warehouse, warehouse, await warehouse.data_api().connection.client.opened())
    log.debug("%r", Request(sql="select :value", parameters=VALUES))
    statement = await run_statement(warehouse, "select cast(:value as varchar) as v", VALUES)
    log.debug("%r", statement)
    assert [row.v for row in await get_statement_result(warehouse, statement)] == [{VALUE!r}]
    for sql in ("select :value from nowhere", "select 1 / 0, cast(:value as varchar)", "select 1"):
        try:
            await run_statement(warehouse, sql, VALUES)
        except RedshiftError as error:
            log.error("%r", error)
        else:
            raise AssertionError(sql)
    wrong = [{{"value": [{VALUE!r}, None]}}, {{"value": {{{VALUE!r}}}}}, {{"a-b": {VALUE!r}}}, {{**VALUES, "other": 7}}]
    for values in wrong:
        try:
            await execute_statement(warehouse, "select :value", values)
        except RedshiftError as error:
            print("refused")

credentials = AwsCredentials(
    aws_access_key_id="local", aws_secret_access_key=SecretStr({BLOCK_KEY!r}), region_name="us-east-1",
    aws_client_parameters={{"endpoint_url": os.environ["AWS_ENDPOINT_URL"]}},
)
RedshiftDataApi(workgroup_name="local-workgroup", database="dev", aws_credentials=credentials).save("planted")
asyncio.run(planted())
asyncio.run(sales_data_pipeline(run_date="2026-11-22"))
os.environ["AWS_SESSION_TOKEN"] += "\\n"
try:
    asyncio.run(sales_data_pipeline(run_date="2026-11-23"))
except RedshiftError as error:
    print("refused")
"""


@pytest.fixture
def own_stand_in() -> Iterator[tuple[Served, Path]]:
    """A stand-in whose logs are this test's."""
    with tempfile.TemporaryDirectory(prefix="secrets-") as folder:
        Path(folder).chmod(0o711)  # under root, PostgreSQL is another user
        with running(Path(folder) / "data") as served:
            yield served, Path(folder) / "data"


def test_nothing_planted_is_written_anywhere(own_stand_in: tuple[Served, Path], prefect_server: str) -> None:
    served, data = own_stand_in
    variables = {
        **os.environ,
        **served.environment,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_SESSION_TOKEN": TOKEN,
        "REDSHIFT_WORKGROUP_NAME": "local-workgroup",
        "PREFECT_LOGGING_LEVEL": "DEBUG",
    }
    secrets = boto3.client(
        "secretsmanager",
        endpoint_url=served.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    content = f'{{"username": "etl", "password": "{PASSWORD}"}}'
    variables["REDSHIFT_SECRET_ARN"] = secrets.create_secret(Name="etl", SecretString=content)["ARN"]
    secrets.close()

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=PROJECT_FOLDER,
        env=variables,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("refused") == 5
    assert "a line break" in done.stderr

    written = {"output": (done.stdout + done.stderr).encode()}
    # Prefect's database, with its logs, artifacts, events, task runs and blocks; the stand-in's logs, but not its store
    # of statements, which has to hold their parameters.
    files = [path for path in Path(os.environ["PREFECT_HOME"]).rglob("*") if path.is_file()]
    files += [data / "server.log", data / "postgres.log"]
    written |= {str(path): path.read_bytes() for path in files}
    assert any(b"run_load_fact_sales" in content for name, content in written.items() if ".db" in name)
    found = [
        (secret, name)
        for secret in PLANTED
        for name, content in written.items()
        if secret.encode() in content
    ]
    assert found == []
