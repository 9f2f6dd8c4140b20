"""What a contributor is told is true: the tree, the commands, and the checks that run elsewhere."""

import re
from typing import Any

import pytest
import yaml

from tests.environments import PROJECT

CONTRIBUTING = (PROJECT / "CONTRIBUTING.md").read_text()
MAKEFILE = (PROJECT / "Makefile").read_text()
PYPROJECT = (PROJECT / "pyproject.toml").read_text()
TREE = re.findall(r"^([a-z][\w/]+/)(?:, ([a-z]+/))?  ", CONTRIBUTING, re.MULTILINE)
FILES = re.findall(r"(?<![\w/.])((?:src|tests|docs|deploy|benchmarks)/[\w./-]+)", CONTRIBUTING)


def test_the_tree_names_every_folder() -> None:
    named = {folder.split("/")[0] for folders in TREE for folder in folders if folder}
    packages = {path.parent.name for path in PROJECT.glob("*/*") if path.is_file()}
    hidden_or_generated = {
        name for name in packages if name.startswith((".", "__")) or name.endswith("egg-info")
    }
    assert packages - hidden_or_generated - named - {"requirements", "site"} <= set()
    assert all((PROJECT / folder).is_dir() for folders in TREE for folder in folders if folder)


@pytest.mark.parametrize("name", sorted(set(FILES)))
def test_each_file_that_is_named_is_there(name: str) -> None:
    assert (PROJECT / name).exists() or list(PROJECT.glob(name))


@pytest.mark.parametrize(
    "target",
    sorted(set(re.findall(r"\bmake (?:PYTHON=\S+ )?([a-z]+)\b", re.sub("make and git", "", CONTRIBUTING)))),
)
def test_each_make_target_that_is_named_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


def test_the_workflow_runs_what_every_machine_runs_from_the_oldest_python_on() -> None:
    workflow: dict[str, Any] = yaml.safe_load((PROJECT / ".github" / "workflows" / "ci.yml").read_text())
    [job] = workflow["jobs"].values()
    assert job["steps"][-1] == {"run": ".ci/run"}
    versions = job["strategy"]["matrix"]["python"]
    assert f'requires-python = ">={versions[0]}"' in PYPROJECT
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in job["steps"] if "uses" in step)


def test_the_hooks_before_a_commit_are_those_of_make_lint() -> None:
    [repository] = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in repository["hooks"]:
        program, command = hook["entry"].split()[:2]
        assert (PROJECT / program).exists()
        assert f"@$(BIN)/{program.removeprefix('.venv/bin/')} {command} " in MAKEFILE
