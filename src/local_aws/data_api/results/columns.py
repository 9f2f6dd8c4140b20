"""ColumnMetadata: what Redshift says of a column, from what PostgreSQL says of it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.pq.abc import PGresult

from local_aws.engine.connection import Connection

NO_NULLS, NULLABLE = 0, 1


@dataclass(frozen=True)
class TypeFacts:
    """A type as types.toml tells of it, and by Redshift's name of it."""

    name: str
    kind: str = "string"
    precision: int = 0
    scale: int = 0
    signed: bool = False
    parquet: str = ""
    logical: str = ""
    arrow: str = "string"
    code: int = 1224
    reason: str = "Invalid value"


_TYPES = tomllib.loads(Path(__file__).with_name("types.toml").read_text(encoding="utf-8"))["type"]
BY_OID = {oid: TypeFacts(**facts) for facts in _TYPES for oid in facts.pop("oids")}
BY_NAME = {facts.name: facts for facts in BY_OID.values()}
OTHER = BY_NAME["varchar"]
NUMERIC, BPCHAR, VARCHAR, VARBYTE = 1700, 1042, 1043, 17
TEXTUAL = frozenset({18, 19, 25, BPCHAR, VARCHAR})
TABLE_COLUMNS = """
SELECT c.oid, a.attnum, n.nspname, c.relname, a.attnotnull
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.oid = ANY ($1::oid[]) AND a.attnum > 0
"""


def facts(type_oid: int) -> TypeFacts:
    """Return what is known of a type; whatever is not Redshift's own arrives as text."""
    return BY_OID.get(type_oid, OTHER)


def precision_and_scale(type_oid: int, modifier: int) -> tuple[int, int]:
    """Return a column's precision and scale; the precision of a text is its length."""
    known = facts(type_oid)
    if modifier >= 4 and type_oid == NUMERIC:
        return (modifier - 4) >> 16, (modifier - 4) & 0xFFFF
    if modifier >= 4 and type_oid in (BPCHAR, VARCHAR, VARBYTE):
        return modifier - 4, 0
    return known.precision, known.scale


def describe(type_oid: int, modifier: int, name: str) -> dict[str, Any]:
    """Return ColumnMetadata of a column that belongs to no table."""
    known = facts(type_oid)
    precision, scale = precision_and_scale(type_oid, modifier)
    return {
        "isCaseSensitive": type_oid in TEXTUAL,
        "isCurrency": False,
        "isSigned": known.signed,
        "label": name,
        "length": 0,
        "name": name,
        "nullable": NULLABLE,
        "precision": precision,
        "scale": scale,
        "schemaName": "",
        "tableName": "",
        "typeName": known.name,
    }


def of_result(result: PGresult) -> list[dict[str, Any]]:
    """Return ColumnMetadata of a result, without the tables' names, which need another query."""
    return [
        describe(result.ftype(i), result.fmod(i), (result.fname(i) or b"").decode())
        for i in range(result.nfields)
    ]


async def add_tables(connection: Connection, columns: list[dict[str, Any]], result: PGresult) -> None:
    """Fill in schemaName, tableName and nullable of the columns of a result that come straight from a table."""
    # Table and number of each column, zeros for an expression.
    places = [(result.ftable(i), result.ftablecol(i)) for i in range(result.nfields)]
    oids = {oid for oid, _ in places if oid}
    if not oids:
        return
    found = await connection.run(TABLE_COLUMNS, ["{" + ",".join(map(str, oids)) + "}"])
    known = {(int(oid or 0), int(number or 0)): rest for oid, number, *rest in found}
    for column, place in zip(columns, places, strict=True):
        if place in known:
            schema, table, not_null = known[place]
            column["schemaName"], column["tableName"] = schema, table
            column["nullable"] = NO_NULLS if not_null == "t" else NULLABLE
