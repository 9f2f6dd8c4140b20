"""The deployments on Prefect's own machines: the steps with which each run begins, in an environment elsewhere."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.deploy.deploying import LOAD, content, deploy, deployments, make_pool
from tests.environments import PROJECT, production_environment

# Carries out pull steps as a run does, then loads the flows from what was cloned.
PULL = (
    """
import asyncio, json, os, sys
from prefect.deployments.steps.core import run_steps
steps, *entrypoints = sys.argv[1:]
outputs = asyncio.run(run_steps(json.loads(steps)))
os.chdir(outputs["directory"])
sys.path.insert(0, "")
sys.argv[1:] = entrypoints
"""
    + LOAD
)


def test_the_pull_steps_clone_the_branch_and_install_the_pins_and_the_project(
    nothing_deployed: None, tmp_path: Path
) -> None:
    make_pool("redshift-managed", "prefect:managed", {})
    repository = commit_of_the_work_tree(tmp_path / "repository")
    done = deploy("deploy/managed.yaml", SALES_ETL_REPOSITORY=repository.as_uri())
    assert done.returncode == 0, done.stdout + done.stderr
    made = deployments()
    assert {deployment.name for deployment in made} == {
        d["name"] for d in content("deploy/managed.yaml")["deployments"]
    }
    assert {deployment.work_pool_name for deployment in made} == {"redshift-managed"}

    steps: list[dict[str, Any]] = made[0].pull_steps or []
    assert all(deployment.pull_steps == steps for deployment in made)
    environment = production_environment(tmp_path / "environment")
    entrypoints = {str(deployment.entrypoint) for deployment in made}
    (elsewhere := tmp_path / "elsewhere").mkdir()
    # As in the image of a managed pool, Prefect's variables name the server, and nothing names the project.
    output = environment.run("-c", PULL, json.dumps(steps), *entrypoints, folder=elsewhere)
    assert {"sales-data-pipeline", "sales-backfill"} <= set(output.split())
    assert (environment.packages / "prefect_redshift" / "py.typed").is_file()


def test_a_repository_that_is_not_named_is_asked_for(nothing_deployed: None) -> None:
    make_pool("redshift-managed", "prefect:managed", {})
    done = deploy("deploy/managed.yaml", SALES_ETL_REPOSITORY="")
    assert done.returncode != 0
    assert "SALES_ETL_REPOSITORY: name the repository to clone" in done.stdout + done.stderr
    assert deployments() == []


def commit_of_the_work_tree(folder: Path) -> Path:
    """Make a repository whose branch `main` is the work tree as it is now."""
    environment = {**os.environ, "GIT_INDEX_FILE": str(folder / "index")}
    folder.mkdir()

    def git(*arguments: str, at: Path = PROJECT) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=at, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "--quiet", "--bare", "--initial-branch", "main", str(folder / "project.git"))
    store = ("--git-dir", str(folder / "project.git"), "--work-tree", str(PROJECT))
    git(*store, "add", "--all")
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    git(*store, *author, "commit", "--quiet", "--message", "The work tree")
    return folder / "project.git"
