"""Types that PostgreSQL has and Redshift does not, and how Redshift says so."""

from typing import NoReturn

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import RedshiftError

# Of PostgreSQL 8.0: Redshift knows them, but not in tables.
_OLD = frozenset(
    """serial serial4 bigserial serial8 bytea money inet cidr macaddr bit point line lseg box path polygon circle name
    oid regclass regproc regtype regoper abstime reltime tinterval""".split()  # noqa: SIM905
)
# Younger ones, of which it has never heard.
_YOUNG = frozenset(
    """smallserial serial2 json jsonb jsonpath uuid xml macaddr8 hstore citext tsvector tsquery txid_snapshot pg_lsn
    pg_snapshot int4range int8range numrange daterange tsrange tstzrange int4multirange int8multirange nummultirange
    datemultirange tsmultirange tstzmultirange regrole regnamespace""".split()  # noqa: SIM905
)
# In expressions the catalog's own types are used, by queries of the leader node.
_IN_CATALOG = frozenset("name oid regclass regproc regtype regoper abstime reltime".split())  # noqa: SIM905
NAMES = (*_OLD, *_YOUNG)


def in_column(tokens: Tokens, at: int, column: str) -> None:
    """Rewrite the type at `at` of the table's column, given as table.column."""
    word = tokens.low[at]
    if word in _YOUNG:
        _unknown(word)
    if word in _OLD:
        raise RedshiftError(f'Column "{column}" has unsupported type "{word}".')
    behind = end_of_type(tokens, at)
    if tokens.low[behind] in ("[", "array"):
        raise RedshiftError(
            f'Column "{column}" has unsupported type "{tokens.render(at, behind).strip()}[]".'
        )


def end_of_type(tokens: Tokens, at: int) -> int:
    """Where the type of a column at `at` ends, up to the brackets of an array."""
    behind = tokens.close(at + 1) + 1 if tokens.low[at + 1] == "(" else at + 1
    while tokens.low[behind] in ("precision", "varying", "without", "with", "time", "zone"):
        behind += 1
    return tokens.close(behind) + 1 if tokens.low[behind] == "(" else behind


def in_expression(tokens: Tokens, i: int) -> None:
    """Rewrite the type that a value is cast to."""
    word = tokens.low[i]
    if word in _YOUNG:
        _unknown(word)
    if word in _OLD and word not in _IN_CATALOG:
        raise RedshiftError(
            "Specified types or functions (one per INFO message) not supported on Redshift tables."
        )


def _unknown(word: str) -> NoReturn:
    raise RedshiftError(f'type "{word}" does not exist')
