"""The files of deployments, and what `prefect deploy` makes of them on a server."""

import asyncio
import os
import subprocess
import sys
from typing import Any

import yaml
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.responses import DeploymentResponse

from tests.environments import PROJECT

FILES = ["prefect.yaml", "deploy/ecs.yaml", "deploy/managed.yaml"]

# Loads the flow of each entrypoint that it is given.
LOAD = """
import sys
from prefect.flows import load_flow_from_entrypoint
for entrypoint in sys.argv[1:]:
    print(load_flow_from_entrypoint(entrypoint).name)
"""


def content(file: str) -> dict[str, Any]:
    """Return a file of deployments, anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((PROJECT / file).read_text())
    return loaded


def deploy(file: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run `prefect deploy` on a file."""
    return subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--prefect-file", file, "--all"],
        cwd=PROJECT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=240,
    )


def make_pool(name: str, kind: str, template: dict[str, Any]) -> None:
    """Create a work pool."""

    async def made() -> None:
        async with get_client() as client:
            pool = WorkPoolCreate(name=name, type=kind, base_job_template=template)
            await client.create_work_pool(pool, overwrite=True)

    asyncio.run(made())


def deployments() -> list[DeploymentResponse]:
    """Return what is deployed."""

    async def read() -> list[DeploymentResponse]:
        async with get_client() as client:
            return await client.read_deployments()

    return asyncio.run(read())


def forget_deployments() -> None:
    """Delete what is deployed."""

    async def forget() -> None:
        async with get_client() as client:
            for deployment in await client.read_deployments():
                await client.delete_deployment(deployment.id)

    asyncio.run(forget())
