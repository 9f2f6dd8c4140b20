"""The pytest plugin, in an environment elsewhere and in a folder of its own: as a user's tests meet it."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from local_aws import Served
from prefect_redshift import testing
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from tests.environments import Environment, make_environment, pins
from tests.packaging.conftest import Distributions

ENVIRONMENT = """
import os
import boto3
from prefect_redshift import RedshiftDataApi

NAMES = []

def test_the_environment_names_the_warehouse(redshift_warehouse, redshift_stand_in):
    NAMES.append(redshift_warehouse.database)
    assert RedshiftDataApi.from_environment().database == redshift_warehouse.database
    assert boto3.client("s3").meta.endpoint_url == redshift_stand_in.url
    assert "AWS_PROFILE" not in os.environ

def test_the_next_test_has_a_database_of_its_own(redshift_warehouse):
    assert redshift_warehouse.database not in NAMES

def test_the_environment_is_as_it_was():
    assert os.environ["AWS_PROFILE"] == "mine"
    assert "REDSHIFT_DATABASE" not in os.environ
"""
NOTHING_IMPORTED = """
import sys

def test_nothing_of_it_is_imported():
    assert not {"prefect", "boto3", "local_aws", "packaging.requirements"} & sys.modules.keys()
    ours = {name for name in sys.modules if name.startswith("prefect_redshift")}
    assert ours == {"prefect_redshift", "prefect_redshift.testing", "prefect_redshift.testing.plugin"}
"""


def run_tests(environment: Environment, folder: Path, code: str, exit_code: int = 0, **variables: str) -> str:
    """Run one file of tests as a user does, warnings being errors."""
    (folder / "test_mine.py").write_text(code)
    options = ["-q", "-W", "error", "-p", "no:cacheprovider"]
    return environment.run("-m", "pytest", *options, folder=folder, variables=variables, exit_code=exit_code)


def test_the_example_of_the_documentation_passes(installed_with_extras: Environment, tmp_path: Path) -> None:
    [example] = re.findall(r"```python\n(.*?) *```", testing.__doc__ or "", re.DOTALL)
    assert "1 passed" in run_tests(installed_with_extras, tmp_path, dedent(example))


def test_the_environment_names_the_warehouse_for_one_test(
    installed_with_extras: Environment, tmp_path: Path
) -> None:
    assert "3 passed" in run_tests(
        installed_with_extras, tmp_path, ENVIRONMENT, AWS_PROFILE="mine", HTTP_PROXY="http://192.0.2.1:9"
    )


def test_nothing_is_imported_before_a_fixture_is_used(
    installed_with_extras: Environment, tmp_path: Path
) -> None:
    assert "1 passed" in run_tests(installed_with_extras, tmp_path, NOTHING_IMPORTED)


@pytest.fixture
def installed_without_extra(
    distributions: Distributions, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """The wheel and pytest, and nothing of the stand-in's."""
    environment = make_environment(
        tmp_path_factory.mktemp("environment"), *pins("run.txt"), "pytest", "iniconfig"
    )
    environment.install(distributions.wheel)
    return environment


def test_a_missing_extra_is_named(installed_without_extra: Environment, tmp_path: Path) -> None:
    output = run_tests(
        installed_without_extra, tmp_path, "def test_mine(redshift_warehouse): ...", exit_code=1
    )
    assert re.search(
        r"needs the extra `local`: pip install 'prefect-redshift\[local\]' \(missing: .*moto.*\)\.", output
    )
    assert "Traceback" not in output


def test_the_fixture_works_in_this_environment_too(
    redshift_warehouse: RedshiftDataApi, redshift_stand_in: Served
) -> None:
    assert redshift_warehouse.database.startswith("test_")
    assert redshift_stand_in.pid


@pytest.mark.parametrize("keep_alive", [None, 600])
def test_what_a_test_leaves_running_does_not_keep_its_database(
    redshift_warehouse: RedshiftDataApi, keep_alive: int | None
) -> None:
    """It would be the fixture that failed."""
    redshift_warehouse.execute_statement_sync(
        "select pg_sleep(600)", session_keep_alive_seconds=keep_alive, name="left"
    )
