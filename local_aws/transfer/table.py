"""The table that a COPY fills: which of its columns, and what they take."""

from dataclasses import dataclass
from pathlib import Path

from local_aws.data_api import columns as metadata
from local_aws.engine.connection import Connection
from local_aws.transfer.command import Copy
from local_aws.transfer.errors import TransferProblem

QUERY = (Path(__file__).parent / "table.sql").read_text(encoding="utf-8")
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


async def read(connection: Connection, copy: Copy) -> Table:
    """Look the table up; raise TransferProblem for columns that it does not have or that may not be filled."""
    rows = await connection.run(QUERY, [copy.table])
    found = {}
    for name, type_oid, modifier, not_null, identity, _, _ in rows:
        oid, known = int(type_oid or 0), metadata.facts(int(type_oid or 0))
        limited = int(modifier or -1) >= 4
        size, scale = metadata.precision_and_scale(oid, int(modifier or -1)) if limited else (0, 0)
        column = Column(name or "", known.name, size, scale, not_null == "t", identity != "")
        found[column.name] = column
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
    return Table(int(rows[0][5] or 0), rows[0][6] or "", tuple(chosen))
