"""A deployed stack on the stand-in, whose machine does not wait as long as the template demands."""

import uuid
from typing import Any

import boto3

from flows.sales import SALES
from infra.stack import TEMPLATE, Stack
from infra.uploaded_files import definition_name, uploaded_files
from infra.uploads import Uploads


class Deployed:
    """The template's stack with the scripts that it reads, in one database."""

    def __init__(self, database: str, **parameters: str) -> None:
        name = database.replace("_", "-")
        self.session = boto3.Session()
        self._clients: dict[str, Any] = {}
        self.uploads = Uploads(self.client("s3"), name, "sales/etl")
        self.uploads.upload(uploaded_files(SALES, SALES.folder / SALES.scripts), create_bucket=True)
        self.stack = Stack(self.client("cloudformation"), name)
        self.template = TEMPLATE.read_text().replace("MinValue: 5", "MinValue: 0")
        self.parameters = {
            "WorkgroupName": "local-workgroup",
            "WorkgroupId": str(uuid.uuid4()),
            "Database": database,
            "ScriptsBucket": name,
            "ScriptsPrefix": "sales/etl",
            "DefinitionKey": self.uploads.key(definition_name(SALES)),
            "StateMachineName": name,
            "WaitSeconds": "0",
            **parameters,
        }
        self.deploy()

    def client(self, service: str) -> Any:
        """Return the client of a service."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service)
        return self._clients[service]

    def deploy(self, **parameters: str) -> str:
        """Make the stack, or change its parameters."""
        self.parameters |= parameters
        return self.stack.deploy(self.parameters, self.template)

    def output(self, name: str) -> str:
        """Return one of the stack's outputs."""
        return self.stack.outputs()[name]

    def delete(self) -> None:
        """Delete the stack and the scripts."""
        self.stack.delete()
        self.uploads.delete()
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()
