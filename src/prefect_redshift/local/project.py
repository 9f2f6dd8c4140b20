"""A project with deployments: what its prefect.yaml names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import environ
from pathlib import Path
from typing import Any

import yaml
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.workers.process import ProcessWorker

from prefect_redshift.blocks.state_machine import ENVIRONMENT_VARIABLE
from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.api import client_of


@dataclass(frozen=True)
class Project:
    """A folder with a prefect.yaml, and the deployments that it names."""

    folder: Path
    deployments: Sequence[Mapping[str, Any]]

    @classmethod
    def here(cls) -> "Project":
        """Return the project of the current folder.

        Raises:
            PipelineError: It has no prefect.yaml, or one that names no deployment.
        """
        folder = Path.cwd()
        try:
            content = yaml.safe_load((folder / "prefect.yaml").read_text())
        except (OSError, yaml.YAMLError) as error:
            raise PipelineError(
                f"{folder} has no prefect.yaml that can be read: start this in a project's folder."
            ) from error
        deployments = content.get("deployments") if isinstance(content, dict) else None
        if not deployments:
            raise PipelineError(f"{folder / 'prefect.yaml'} names no deployment.")
        return cls(folder, deployments)

    @property
    def pools(self) -> list[str]:
        """The names of the work pools of what is deployed here."""
        return list(dict.fromkeys(self._pools()))

    def _pools(self) -> Iterator[str]:
        for deployment in self._runnable():
            yield (deployment.get("work_pool") or {}).get("name") or "default"

    def _runnable(self) -> list[Mapping[str, Any]]:
        """Return what can run here: a deployment that hands off needs a state machine, which the environment names."""
        return [
            deployment
            for deployment in self.deployments
            if not (deployment.get("parameters") or {}).get("state_machine")
            or environ.get(ENVIRONMENT_VARIABLE)
        ]

    def deploy_command(self) -> list[str]:
        """Return the command, after `python -m`, that deploys what can run here."""
        names = [["--name", str(deployment["name"])] for deployment in self._runnable()]
        return ["prefect", "--no-prompt", "deploy", *(word for name in names for word in name)]

    async def make_pools(self, api_url: str) -> None:
        """Make the work pools, as `prefect work-pool create --overwrite` does."""
        template = ProcessWorker.get_default_base_job_template()
        async with client_of(api_url) as client:
            for name in self.pools:
                pool = WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=template)
                await client.create_work_pool(pool, overwrite=True)

    async def deployed(self, api_url: str) -> list[str]:
        """Return the deployments of this project that the server has, as `flow/deployment`."""
        names = [str(deployment["name"]) for deployment in self._runnable()]
        async with client_of(api_url) as client:
            flows = {flow.id: flow.name for flow in await client.read_flows()}
            found = await client.read_deployments()
        return sorted(
            (f"{flows[each.flow_id]}/{each.name}" for each in found if each.name in names),
            key=lambda name: names.index(name.partition("/")[2]),
        )
