"""ColumnMetadata: what Redshift says of a column, from what PostgreSQL says of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg.pq.abc import PGresult

from local_aws.engine.connection import Connection

NO_NULLS, NULLABLE = 0, 1


@dataclass(frozen=True)
class TypeFacts:
    """A type as Redshift's metadata has it; `kind` picks the member of the Field union."""

    name: str
    kind: str = "string"
    precision: int = 0
    scale: int = 0
    signed: bool = False


BY_OID = {
    16: TypeFacts("bool", "boolean", 1),
    17: TypeFacts("varbyte", "hex", 64000),
    18: TypeFacts("char", precision=1),
    19: TypeFacts("name", precision=128),
    20: TypeFacts("int8", "long", 19, signed=True),
    21: TypeFacts("int2", "long", 5, signed=True),
    23: TypeFacts("int4", "long", 10, signed=True),
    25: TypeFacts("varchar", precision=65535),
    26: TypeFacts("oid", "long", 10),
    700: TypeFacts("float4", "double", 8, 8, signed=True),
    701: TypeFacts("float8", "double", 17, 17, signed=True),
    1042: TypeFacts("bpchar", precision=1),
    1043: TypeFacts("varchar", precision=65535),
    1082: TypeFacts("date", precision=13),
    1083: TypeFacts("time", precision=15, scale=6),
    1114: TypeFacts("timestamp", precision=29, scale=6),
    1184: TypeFacts("timestamptz", precision=35, scale=6),
    1186: TypeFacts("interval", precision=49, scale=6),
    1266: TypeFacts("timetz", precision=21, scale=6),
    1700: TypeFacts("numeric", "decimal", 38, scale=37, signed=True),
    2950: TypeFacts("varchar", precision=36),
    2_000_000_001: TypeFacts("super", "super", 16777216),  # of compat/33_super.sql
}
OTHER = TypeFacts("varchar", precision=65535)
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


def origins(result: PGresult) -> list[tuple[int, int]]:
    """Return (table oid, column number) of each column, (0, 0) for an expression."""
    return [(result.ftable(i), result.ftablecol(i)) for i in range(result.nfields)]


async def add_tables(
    connection: Connection, columns: list[dict[str, Any]], places: Iterable[tuple[int, int]]
) -> None:
    """Fill in schemaName, tableName and nullable of the columns that come straight from a table."""
    places = list(places)
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
