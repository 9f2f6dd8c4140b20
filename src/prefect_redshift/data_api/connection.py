"""What every group of operations is built on: a client, a target with its login, a time limit and a listener."""

from collections.abc import Mapping
from dataclasses import dataclass

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.data_api.listener import Listener
from prefect_redshift.data_api.statement import Statement, SubStatement


@dataclass(frozen=True)
class Connection:
    """A warehouse, and how it is reached.

    Attributes:
        client: The client of `redshift-data`.
        target: The inputs of the API that name the warehouse and the login.
        timeout: Seconds that a statement may take unless a call says otherwise.
        listener: Told what becomes of statements.
    """

    client: AwsClient
    target: Mapping[str, str]
    timeout: float
    listener: Listener

    def limit(self, timeout: float | None) -> float:
        """Return the seconds that a statement may take: `timeout`, or the connection's own."""
        return self.timeout if timeout is None else timeout


def id_of(statement: SubStatement | str) -> str:
    """Return the Id of a statement, or the Id itself."""
    return statement if isinstance(statement, str) else statement.id


def name_of(statement: SubStatement | str) -> str:
    """Return the StatementName as far as it is known: DescribeStatement does not tell it."""
    return statement.name if isinstance(statement, Statement) else ""
