"""The rules of imports are in force: an import that breaks one is found."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.environments import PROJECT

RULES = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
BREACHES = [
    ("flows/__init__.py", "import infra"),
    ("blocks/__init__.py", "import flows"),
    ("src/prefect_redshift/blocks/__init__.py", "import blocks"),
    ("src/prefect_redshift/reports/__init__.py", "from prefect_redshift import tasks"),
    ("src/prefect_redshift/pipeline/__init__.py", "from prefect_redshift import runner"),
    ("src/prefect_redshift/aws/__init__.py", "from prefect_redshift import data_api"),
    ("src/prefect_redshift/data_api/__init__.py", "import prefect"),
    ("src/prefect_redshift/step_functions/__init__.py", "from prefect_aws import AwsCredentials"),
    ("src/local_aws/__init__.py", "from prefect_redshift import exceptions"),
    ("src/prefect_redshift/cli/__init__.py", "import local_aws"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages to which the rules apply, elsewhere."""
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    for name in RULES["root_packages"]:
        folder = Path("src", name) if (PROJECT / "src" / name).is_dir() else Path(name)
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=ignored)
    return tmp_path


def check(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run `lint-imports` on the packages of a folder."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_project_keeps_the_rules(copy: Path) -> None:
    done = check(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"), BREACHES, ids=lambda value: value.split("/")[-2] if "/" in value else ""
)
def test_an_import_that_breaks_a_rule_is_found(module: str, line: str, copy: Path) -> None:
    with (copy / module).open("a") as code:
        code.write(f"\n{line}\n")
    done = check(copy)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


def test_the_library_names_nothing_of_the_project_s_job() -> None:
    files = [
        path
        for path in (PROJECT / "src/prefect_redshift").rglob("*")
        if path.suffix in (".py", ".sql", ".toml")
    ]
    names = re.compile("sales|customer|LoadItem|date_dim", re.IGNORECASE)
    assert len(files) > 100
    assert [str(path) for path in files if names.search(path.read_text())] == []
