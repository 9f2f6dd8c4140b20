"""The table that a COPY fills: which of its columns, and what they take."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.data_api.results import columns as metadata
from local_aws.dialect.lexing.literals import quoted_name
from local_aws.engine.connection import Connection
from local_aws.transfer.command import Copy
from local_aws.transfer.transfer_errors import TransferProblem

QUERY = "SELECT oid, relname, local_aws.table_columns(oid) FROM pg_catalog.pg_class WHERE oid = $1::regclass"
TEXTS = frozenset(("varchar", "bpchar"))


@dataclass(frozen=True)
class Column:
    """`size` is bytes of a text (0: any) or the precision of a number; `type` is Redshift's name."""

    name: str
    type: str
    size: int
    scale: int
    not_null: bool
    is_identity: bool

    @property
    def is_text(self) -> bool:
        """Tell whether an empty field is a value."""
        return self.type in TEXTS


@dataclass(frozen=True)
class Table:
    """A table and those of its columns that a COPY fills, in its order."""

    oid: int
    name: str
    columns: tuple[Column, ...]

    @property
    def column_list(self) -> str:
        """Return the columns' names as the engine's COPY takes them."""
        return ", ".join(quoted_name(column.name) for column in self.columns)


async def read(connection: Connection, copy: Copy) -> Table:
    """Look the table up; raise TransferProblem for columns that it does not have or that may not be filled."""
    [(oid, name, columns)] = await connection.run(QUERY, [copy.table])
    return choose(copy, int(oid or 0), name or "", json.loads(columns or "[]"))


def choose(copy: Copy, oid: int, name: str, columns: Sequence[dict[str, Any]]) -> Table:
    """Return the table with the columns to fill, of all those that `local_aws.table_columns` lists; raise as `read`."""
    found = {column["name"]: _column(**column) for column in columns}
    explicit = copy.options.has("explicit_ids")
    if copy.columns:
        if missing := [name for name in copy.columns if name not in found]:
            raise TransferProblem(f'column "{missing[0]}" of relation "{copy.table}" does not exist')
        chosen = [found[name] for name in copy.columns]
        if any(column.is_identity for column in chosen) and not explicit:
            raise TransferProblem("Cannot set identity column without EXPLICIT_IDS")
    else:
        chosen = [column for column in found.values() if explicit or not column.is_identity]
    if explicit and not any(column.is_identity for column in chosen):
        raise TransferProblem("EXPLICIT_IDS needs an IDENTITY column in the column list")
    return Table(oid, name, tuple(chosen))


def _column(name: str, type: int, modifier: int, not_null: bool, is_identity: bool) -> Column:  # noqa: A002
    size, scale = metadata.precision_and_scale(type, modifier) if modifier >= 4 else (0, 0)
    return Column(name, metadata.facts(type).name, size, scale, not_null, is_identity)
