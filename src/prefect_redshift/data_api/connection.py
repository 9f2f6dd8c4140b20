"""What every group of operations is built on: a client, a target with its login, a time limit and a logger."""

from abc import ABC, abstractmethod

from prefect_redshift.aws.client import Calls
from prefect_redshift.data_api.in_flight import Logger
from prefect_redshift.data_api.statement import Statement, SubStatement


class Connection(ABC):
    """The part of the block that its operations know of."""

    @abstractmethod
    async def calls(self) -> Calls:
        """The client, made once."""

    @abstractmethod
    def target(self) -> dict[str, str]:
        """The inputs of the API that name the warehouse and the login."""

    @abstractmethod
    def limit(self, timeout: float | None) -> float:
        """Seconds that a statement may take: `timeout`, or what the block says."""

    @property
    @abstractmethod
    def logger(self) -> Logger:
        """Told what is submitted, ended and cancelled."""


def id_of(statement: SubStatement | str) -> str:
    """The Id of a statement, or the Id itself."""
    return statement if isinstance(statement, str) else statement.id


def name_of(statement: SubStatement | str) -> str:
    """The StatementName as far as it is known: DescribeStatement does not tell it."""
    return statement.name if isinstance(statement, Statement) else ""
