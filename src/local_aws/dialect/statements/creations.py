"""CREATE of anything but procedures."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import UnsupportedError
from local_aws.dialect.statements import tables, users

REFUSED = frozenset(("external", "library", "model", "datashare", "masking", "rls", "identity"))


def create(tokens: Tokens, start: int, end: int) -> None:
    """CREATE TABLE, VIEW, MATERIALIZED VIEW, DATABASE, USER."""
    at = start + (3 if tokens.matches(start + 1, "or", "replace") else 1)
    word = tokens.low[at]
    if word in REFUSED:
        raise UnsupportedError(f"CREATE {word.upper()}")
    if word in ("view", "materialized"):
        _view(tokens, at, end)
    elif word == "schema" and "quota" in tokens.low[at:end]:
        quota = tokens.low.index("quota", at)
        tokens.drop(quota, quota + (2 if tokens.low[quota + 1] == "unlimited" else 3))
    elif word == "user":
        users.create(tokens, at, end)
    elif word == "database":
        _database(tokens, at, end)
    else:
        tables.create(tokens, start, end)


def _database(tokens: Tokens, at: int, end: int) -> None:
    if "from" in tokens.low[at:end]:
        raise UnsupportedError("CREATE DATABASE with options")
    for i in range(at, end):
        if tokens.matches(i, "isolation", "level"):
            check_isolation(tokens, i)
            tokens.drop(i, i + 3)


def check_isolation(tokens: Tokens, i: int) -> None:
    """ISOLATION LEVEL at i: SNAPSHOT, Redshift's default, is what every database has."""
    if tokens.low[i + 2] != "snapshot":
        raise UnsupportedError(f"the isolation level {tokens.low[i + 2].upper()}")


def _view(tokens: Tokens, at: int, end: int) -> None:
    """WITH NO SCHEMA BINDING is dropped: the view is bound, so dropping its tables needs CASCADE."""
    if tokens.matches(end - 4, "with", "no", "schema", "binding"):
        tokens.drop(end - 4, end)
    if tokens.low[at] == "materialized":
        name = at + (5 if tokens.matches(at + 2, "if", "not", "exists") else 2)
        position = tables.after_name(tokens, name)
        while tokens.low[position] not in ("as", "(", ""):
            position = _option(tokens, position)


def _option(tokens: Tokens, position: int) -> int:
    if tokens.matches(position, "auto", "refresh"):
        tokens.drop(position, position + 3)
        return position + 3
    stop = tables.attributes(tokens, position, {})
    return max(stop, position + 1)
