"""The statements that write a query's rows to files in S3."""

from collections.abc import Sequence
from dataclasses import dataclass

from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.frames.types import carrier_of

# Of one file, in MB; Redshift makes it a multiple of its row groups of 32 MB.
MEGABYTES_A_FILE = 64
_TABLE = '"prefect_redshift_unload"'


@dataclass(frozen=True)
class Query:
    """A query of which the rows are unloaded.

    Attributes:
        sql: Without a semicolon at its end.
        has_parameters: Whether it has `:name` parameters, which cannot be bound within UNLOAD's own text.
    """

    sql: str
    has_parameters: bool

    @property
    def probe(self) -> str:
        """A query of the same columns without a row."""
        return f"select * from ({self.sql}\n) as unloaded limit 0"  # noqa: S608 - a query within a query

    def statements(self, columns: Sequence[Column], url: str, role: str) -> list[str]:
        """Return the statements in their order; the last one returns how many rows were written.

        The columns are called c0, c1 and so on, since names may repeat.
        """
        names = [f"c{number}" for number in range(len(columns))]
        values = [
            carrier_of(column).unloaded.format(name) for name, column in zip(names, columns, strict=True)
        ]
        picked = ", ".join(f"{value} as {name}" for value, name in zip(values, names, strict=True))
        source = f"({self.sql}\n) as unloaded ({', '.join(names)})"
        before, after = [], []
        # A dollar quote has no escapes; within it there can be no other one.
        if self.has_parameters or "$$" in self.sql:
            before = [f"create temporary table {_TABLE} as select {', '.join(names)} from {source}"]  # noqa: S608
            source, after = _TABLE, [f"drop table {_TABLE}"]
        query = f"select {picked} from {source}"  # noqa: S608 - a query within a query
        options = f"format as parquet maxfilesize {MEGABYTES_A_FILE} mb"
        unload = f"unload ($${query}$$) to '{url}' iam_role {role} {options}"
        return [*before, unload, *after, "select pg_last_unload_count()"]
