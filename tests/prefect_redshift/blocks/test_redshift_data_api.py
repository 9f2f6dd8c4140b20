"""The block as Prefect's own tests and commands see it."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.testing.standard_test_suites.blocks import BlockStandardTestSuite
from prefect_aws import AwsCredentials
from pydantic import SecretStr, ValidationError

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import StateMachine


class TestAsABlock(BlockStandardTestSuite):
    @pytest.fixture
    def block(self) -> type[Block]:
        return RedshiftDataApi

    # It would download the logo.
    test_has_a_valid_image = None  # type: ignore[assignment]

    def test_all_fields_have_a_title(self) -> None:
        assert all(field.title for field in RedshiftDataApi.model_fields.values())


async def test_the_command_registers_the_blocks_in_any_folder(prefect_server: str, tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: ASYNC221
        [sys.executable, "-m", "prefect", "block", "register", "-m", "prefect_redshift"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Redshift Data API" in done.stdout
    assert "Redshift ETL State Machine" in done.stdout
    async with get_client() as client:
        found = await client.read_block_type_by_slug("redshift-data-api")
    assert found.description == RedshiftDataApi.get_description()


async def test_saved_and_loaded_it_still_works_and_shows_no_secret(
    prefect_server: str, aws: Served, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = AwsCredentials.model_validate(
        {
            "aws_access_key_id": "local",
            "aws_secret_access_key": "hunter2",
            "region_name": "us-east-1",
            "aws_client_parameters": {"endpoint_url": aws.url},
        }
    )
    block = RedshiftDataApi(workgroup_name="local-workgroup", database=database, aws_credentials=credentials)
    await block.save("etl", overwrite=True)
    for name in aws.environment:
        monkeypatch.delenv(name)

    loaded = await RedshiftDataApi.load("etl")
    assert loaded.model_dump() == block.model_dump()
    assert "hunter2" not in repr(loaded) + str(loaded) + loaded.model_dump_json()
    async with get_client() as client:
        document = await client.read_block_document_by_name("etl", "redshift-data-api", include_secrets=False)
    assert "hunter2" not in document.model_dump_json()
    assert (await loaded.run("select 1")).status == "FINISHED"


def test_what_is_shown_of_a_block_holds_no_credentials() -> None:
    credentials = AwsCredentials(
        aws_access_key_id="key", aws_secret_access_key=SecretStr("hunter2"), aws_session_token="hunter3"
    )
    warehouse = RedshiftDataApi(workgroup_name="etl", aws_credentials=credentials)
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:etl"
    machine = StateMachine(state_machine_arn=arn, warehouse=warehouse, aws_credentials=credentials)
    shown = [repr(warehouse), str(warehouse), repr(machine), str(machine)]
    for wrong in (
        lambda: RedshiftDataApi(aws_credentials=credentials),
        lambda: StateMachine(state_machine_arn="etl", aws_credentials=credentials),
    ):
        with pytest.raises(ValidationError) as refused:
            wrong()
        shown += [repr(refused.value), str(refused.value)]
    assert "workgroup_name='etl'" in shown[0]
    assert [text for text in shown if "hunter" in text or "'key'" in text] == []


async def test_it_can_be_sent_to_another_process(aws: Served, database: str) -> None:
    block = RedshiftDataApi(workgroup_name="local-workgroup", database=database)
    await block.run("select 1")
    arrived = pickle.loads(pickle.dumps(block))
    assert arrived.model_dump() == block.model_dump()
    assert (await arrived.run("select 1")).status == "FINISHED"


async def test_parameters_and_secrets_are_not_logged(
    aws: Served, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="prefect")
    block = RedshiftDataApi(workgroup_name="local-workgroup", database=database)
    await block.run("select :secret", {"secret": "hunter2"}, name="told")
    assert "told/1" in caplog.text
    assert "hunter2" not in caplog.text
