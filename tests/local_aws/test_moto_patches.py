"""Each fault of moto that is patched is there without the patch, and gone with it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local_aws.moto_patches import FAULTS

PROJECT = Path(__file__).resolve().parent.parent.parent


def probed(*arguments: str) -> dict[str, bool]:
    """Return what `moto_patches.py` finds, in a process of its own: patches cannot be taken back."""
    command = [sys.executable, "-m", "tests.local_aws.moto_patches", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=os.environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found: dict[str, bool] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def plain(no_aws_configuration: None) -> dict[str, bool]:
    return probed()


@pytest.fixture(scope="module")
def patched(no_aws_configuration: None) -> dict[str, bool]:
    return probed("patched")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mend_is_needed_and_works(plain: dict[str, bool], patched: dict[str, bool], fault: str) -> None:
    assert plain[fault], "moto does this right now: remove its patch from src/local_aws/moto_patches/"
    assert not patched[fault]


def test_neither_the_interpreter_nor_cloudformation_is_loaded_before_its_use() -> None:
    """They take 2.5 seconds and 200 MB, which a run of the flow has no use for."""
    program = (
        "import sys; from local_aws import rest_of_aws; rest_of_aws._load(1); "
        "print([n for n in ('moto.stepfunctions.parser.models', 'moto.cloudformation.parsing') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "[]", done.stderr
