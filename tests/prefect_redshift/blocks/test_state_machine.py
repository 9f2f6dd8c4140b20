"""The block of a state machine as Prefect's own tests see it, and where it is named badly."""

import asyncio
import pickle
from typing import Any

import pytest
from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.testing.standard_test_suites.blocks import BlockStandardTestSuite
from pydantic import ValidationError

from blocks.__main__ import main as set_up
from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import ENVIRONMENT_VARIABLE, StateMachine
from prefect_redshift.exceptions import StateMachineError
from prefect_redshift.step_functions.names import execution_name
from tests.prefect_redshift.machines import create

pytestmark = pytest.mark.anyio
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:nobody"


class TestAsABlock(BlockStandardTestSuite):
    @pytest.fixture
    def block(self) -> type[Block]:
        return StateMachine

    # It would download the logo.
    test_has_a_valid_image = None  # type: ignore[assignment]

    def test_all_fields_have_a_title(self) -> None:
        assert all(field.title for field in StateMachine.model_fields.values())


async def test_saved_and_loaded_with_its_warehouse_it_still_works(prefect_server: str, aws: Served) -> None:
    warehouse = RedshiftDataApi(workgroup_name="local-workgroup", database="dev")
    await warehouse.save("etl-of-machine", overwrite=True)
    arn = create({"Done": {"Type": "Pass", "Result": {"rows": 3}, "End": True}})
    block = StateMachine(state_machine_arn=arn, warehouse=warehouse)
    await block.save("machine", overwrite=True)

    loaded = await StateMachine.load("machine")
    assert loaded.model_dump() == block.model_dump()
    async with get_client() as client:
        document = await client.read_block_document_by_name("machine", "redshift-etl-state-machine")
    assert "warehouse" in document.block_document_references
    assert await (await loaded.trigger()).fetch_result() == {"rows": 3}
    arrived = pickle.loads(pickle.dumps(loaded))
    assert await (await arrived.trigger()).fetch_result() == {"rows": 3}


def test_the_set_up_stores_it_beside_the_warehouse_it_works_on(
    prefect_server: str, aws: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDSHIFT_WORKGROUP_NAME", "local-workgroup")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, ARN)
    assert set_up(["--name", "beside"]) == 1
    assert "There is no state machine" in capsys.readouterr().err

    monkeypatch.setenv(ENVIRONMENT_VARIABLE, create({"Done": {"Type": "Pass", "End": True}}))
    assert set_up(["--name", "beside"]) == 0
    assert "Stored redshift-etl-state-machine/sales-state-machine: arn:aws:" in capsys.readouterr().out

    async def stored() -> Any:
        return (await StateMachine.load("sales-state-machine")).warehouse

    assert asyncio.run(stored()).workgroup_name == "local-workgroup"


@pytest.mark.parametrize(
    "arn",
    [
        "RedshiftETLStepFunction",
        "arn:aws:states:us-east-1:123456789012:execution:machine:run",
        "arn:aws:states:us-east-1:123456789012:stateMachine:machine/map",
        "arn:aws:states:us-east-1:12345:stateMachine:machine",
        "",
    ],
)
def test_what_is_no_arn_of_a_state_machine_is_told_so(arn: str) -> None:
    with pytest.raises(ValidationError, match="is no ARN of a state machine; it looks like arn:aws:states:"):
        StateMachine(state_machine_arn=arn)


@pytest.mark.parametrize("arn", [ARN, f"{ARN}:3", f"{ARN}:live", ARN.replace("arn:aws:", "arn:aws-us-gov:")])
def test_arns_with_a_version_or_an_alias_are_taken(arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, arn)
    named = StateMachine.from_environment()
    assert named is not None
    assert named.state_machine_arn == arn


def test_the_environment_may_name_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    assert StateMachine.from_environment() is None


async def test_a_machine_that_is_not_there(aws: Served) -> None:
    machine = StateMachine(state_machine_arn=ARN)
    for refused in (machine.check(), machine.trigger()):
        with pytest.raises(StateMachineError, match=f"There is no state machine {ARN}: check its name"):
            await refused


async def test_an_express_machine_is_refused(aws: Served) -> None:
    arn = create({"Done": {"Type": "Succeed"}}, kind="EXPRESS")
    with pytest.raises(StateMachineError, match="is of type EXPRESS"):
        await StateMachine(state_machine_arn=arn).check()


@pytest.mark.parametrize(
    ("name", "attempt", "expected"),
    [
        ("sales-2026-11-22", 1, "sales-2026-11-22"),
        ("sales-2026-11-22", 2, "sales-2026-11-22-2"),
        ("a/b c", 1, "a-b-c-"),
        ("x" * 200, 12, "x" * 60 + "-"),
    ],
)
def test_names_of_executions(name: str, attempt: int, expected: str) -> None:
    made = execution_name(name, attempt)
    assert made.startswith(expected)
    assert len(made) <= 80
    assert execution_name(name) != execution_name(f"{name}?")
