"""The three files of deployments: two are generated from the first, and differ in where the runs are."""

import re
from pathlib import Path

import pytest

from deploy import variants
from deploy.variants import VARIANTS, generate
from tests.deploy.deploying import FILES, content
from tests.environments import PROJECT, pins


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.name)
def test_what_is_committed_is_what_the_command_generates(path: Path) -> None:
    assert path.read_text() == generate(path.name), "run `python -m deploy`"


def test_every_variant_is_tested() -> None:
    assert [f"deploy/{path.name}" for path in VARIANTS] == FILES[1:]


@pytest.mark.parametrize("file", FILES[1:])
def test_a_variant_differs_in_where_the_runs_are_and_in_nothing_else(file: str) -> None:
    here, there = content(FILES[0]), content(file)
    assert {key for key in there if there[key] != here.get(key)} <= {
        "build",
        "push",
        "pull",
        "definitions",
        "deployments",
    }
    for ours, theirs in zip(here["deployments"], there["deployments"], strict=True):
        assert theirs.pop("work_pool")["name"] != ours.pop("work_pool")["name"]
        assert theirs == ours


@pytest.mark.parametrize("pools", ["", "  pool: &pool\n    name: a\n\n  pool: &pool\n    name: b\n"])
def test_a_file_without_exactly_one_pool_is_refused(
    pools: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = re.sub(r"  pool: &pool\n(    .+\n)+", pools, (PROJECT / FILES[0]).read_text())
    (tmp_path / "prefect.yaml").write_text(changed)
    monkeypatch.setattr(variants, "PREFECT_FILE", tmp_path / "prefect.yaml")
    with pytest.raises(ValueError, match=r"prefect\.yaml must have one definition `  pool: &pool`"):
        generate("ecs.yaml")


@pytest.mark.parametrize("file", FILES)
def test_each_schedule_has_a_slug_and_a_zone_and_no_secret_is_stored(file: str) -> None:
    for deployment in content(file)["deployments"]:
        for schedule in deployment.get("schedules", []):
            assert schedule["slug"]
            assert schedule["timezone"] == deployment["parameters"]["timezone"]
    assert not re.search(r"AKIA|aws_(secret_)?access_key|password *:", (PROJECT / file).read_text())


@pytest.mark.parametrize("file", FILES)
def test_the_version_of_prefect_is_the_pinned_one(file: str) -> None:
    assert content(file)["prefect-version"] == pins("run.txt")["prefect"]
