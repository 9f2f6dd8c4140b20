"""Queries and their rows in one call each, as Prefect's blocks for databases have them."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.request import MAX_STATEMENTS
from prefect_redshift.data_api.results.reading import read_rows
from prefect_redshift.data_api.sql.binding import bind
from prefect_redshift.data_api.sql.parameters import replaced
from prefect_redshift.data_api.sql.value_text import Parameters
from prefect_redshift.data_api.statements import Statements

SIZE = 1_000


@dataclass(frozen=True)
class Database:
    """The methods of Prefect's `DatabaseBlock`. Each call runs its statement; nothing is kept from one to the next.

    `execution_kwargs` are those of `DataApi.run`, such as `timeout` or `name`. They raise what `DataApi.run` does, and
    a ResultError where the statement has no result.
    """

    connection: Connection

    async def fetch_one(
        self, /, operation: str, parameters: Parameters | None = None, **execution_kwargs: Any
    ) -> tuple[Any, ...] | None:
        """Run a statement and return its first row, None where there is none."""
        rows = await self.fetch_many(operation, parameters, 1, **execution_kwargs)
        return rows[0] if rows else None

    async def fetch_many(
        self,
        /,
        operation: str,
        parameters: Parameters | None = None,
        size: int | None = None,
        **execution_kwargs: Any,
    ) -> list[tuple[Any, ...]]:
        """Run a statement and return its first rows, at most `size`, by default 1,000."""
        wanted = SIZE if size is None else size
        found: list[tuple[Any, ...]] = []
        statement = await self._statements.run(operation, parameters, **execution_kwargs)
        async with aclosing(read_rows(self.connection.client, statement)) as rows:
            while len(found) < wanted and (row := await anext(rows, None)) is not None:
                found.append(row)
        return found

    async def fetch_all(
        self, /, operation: str, parameters: Parameters | None = None, **execution_kwargs: Any
    ) -> list[tuple[Any, ...]]:
        """Run a statement and return all its rows; `DataApi.rows` needs less memory."""
        statement = await self._statements.run(operation, parameters, **execution_kwargs)
        return [row async for row in read_rows(self.connection.client, statement)]

    async def execute(
        self, /, operation: str, parameters: Parameters | None = None, **execution_kwargs: Any
    ) -> None:
        """Run a statement to its end."""
        await self._statements.run(operation, parameters, **execution_kwargs)

    async def execute_many(
        self, /, operation: str, seq_of_parameters: Sequence[Parameters], **execution_kwargs: Any
    ) -> None:
        """Run a statement once for each of the parameters, in their order, in transactions of 40 statements at most.

        What many rows come from belongs into a file and COPY: this is for a few hundred.

        Args:
            operation: The statement.
            seq_of_parameters: Values of its `:name` parameters, a mapping for each execution.
            **execution_kwargs: Those of `run`; by `name`, transaction n is called `{name}/{n}`.
        """
        name = execution_kwargs.pop("name", "")
        waiting = iter(seq_of_parameters)
        number = 0
        # Python 3.12 calls it itertools.batched.
        while batch := list(islice(waiting, MAX_STATEMENTS)):
            number += 1
            statements, values = _as_one_batch(operation, batch)
            own = f"{name}/{number}" if name else ""
            await self._statements.run(statements, values, name=own, **execution_kwargs)

    @property
    def _statements(self) -> Statements:
        return Statements(self.connection)


def _as_one_batch(operation: str, batch: Sequence[Parameters]) -> tuple[list[str], dict[str, str]]:
    """Return a statement for each of the parameters, whose names are its own: a batch has one list of them."""
    statements: list[str] = []
    values: dict[str, str] = {}
    for number, parameters in enumerate(batch, start=1):
        (sql,), texts = bind([operation], parameters)
        # As many digits in each: no name begins with another.
        names = {name: f"{name}_{number:02}" for name in texts}
        statements.append(replaced(sql, {name: f":{other}" for name, other in names.items()}))
        values |= {names[name]: text for name, text in texts.items()}
    return statements, values
