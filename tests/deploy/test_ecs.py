"""The deployments on AWS ECS: what goes into the image, and what a run finds there."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect_aws.workers import ECSWorker

from tests.deploy.deploying import FILES, LOAD, content, deploy, deployments, make_pool
from tests.deploy.docker_daemon import Daemon, docker_daemon
from tests.environments import PROJECT, Environment, production_environment

IMAGE = "registry.example.com/sales-etl"
ROLE = "arn:aws:iam::123456789012:role/sales-etl"
INSTALLS = "python -m pip install"


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    """Stand in for Docker."""
    with docker_daemon() as running:
        yield running


def test_the_image_is_built_from_the_pins_and_loads_every_flow(
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
    environment = production_environment(tmp_path / "environment")
    image = build(sent, tmp_path / "image", environment)
    entrypoints = {str(deployment.entrypoint) for deployment in made}
    loaded = environment.run("-c", LOAD, *entrypoints, folder=image)
    assert set(loaded.split()) == {"sales-data-pipeline", "sales-backfill"}


def build(context: Path, image: Path, environment: Environment) -> Path:
    """Carry out the lines of the Dockerfile that make the working directory; return it."""
    image.mkdir()
    lines = re.sub(r"\\\n", " ", (context / "Dockerfile").read_text()).splitlines()
    for instruction, _, arguments in (line.partition(" ") for line in lines):
        if instruction == "COPY":
            *sources, target = arguments.split()
            copy(context, sources, image, target)
        elif instruction == "RUN" and arguments.startswith(INSTALLS):
            environment.execute(["sh", "-c", arguments], image)
    return image


def copy(context: Path, sources: list[str], image: Path, target: str) -> None:
    """Do what COPY does."""
    for source in sources:
        if (context / source).is_dir():
            shutil.copytree(context / source, image / target)
        else:
            place = image / target / source if target.endswith("/") else image / target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(context / source, place)


def test_nothing_but_what_the_image_needs_is_sent_to_docker(
    nothing_deployed: None, daemon: Daemon, tmp_path: Path
) -> None:
    make_pool("redshift-ecs", "ecs", ECSWorker.get_default_base_job_template())
    deploy("deploy/ecs.yaml", SALES_ETL_IMAGE=IMAGE, SALES_ETL_TASK_ROLE_ARN=ROLE, DOCKER_HOST=daemon.address)
    daemon.unpack(sent := tmp_path / "sent")
    copied = re.findall(r"^COPY (.+) \S+$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    needed = {Path(source).parts[0] for sources in copied for source in sources.split()}
    assert {path.name for path in sent.iterdir()} - {".dockerignore", "Dockerfile"} == needed
    assert not list(sent.rglob("__pycache__"))


def test_ecs_without_its_variables_is_refused_before_anything_is_built(
    nothing_deployed: None, daemon: Daemon
) -> None:
    make_pool("redshift-ecs", "ecs", ECSWorker.get_default_base_job_template())
    done = deploy("deploy/ecs.yaml", SALES_ETL_IMAGE=IMAGE, DOCKER_HOST=daemon.address)
    assert done.returncode != 0
    assert "SALES_ETL_TASK_ROLE_ARN: name the role of the runs" in done.stdout + done.stderr
    assert daemon.asked == []
    assert deployments() == []


def test_the_image_has_a_digest_and_its_processes_are_not_root() -> None:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith(("USER", "CMD", "ENTRYPOINT"))] == ["USER etl"]
    assert lines.index("USER etl") > max(place for place, line in enumerate(lines) if line.startswith("COPY"))
    [base] = [line for line in lines if line.startswith("FROM")]
    assert re.fullmatch(r"FROM python:3\.11\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)
    runs = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN")]
    assert [run for run in runs if not run.startswith(INSTALLS)] == ["useradd --create-home --uid 1000 etl"]
