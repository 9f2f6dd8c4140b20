"""CREATE of anything but procedures."""

from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import UnsupportedError
from local_aws.dialect.statements import reserved_words, tables, unsupported, users

_TAG = "$local_aws_view$"


def create(tokens: Tokens, start: int, end: int) -> None:
    """CREATE TABLE, VIEW, MATERIALIZED VIEW, DATABASE, USER."""
    at = start + (3 if tokens.matches(start + 1, "or", "replace") else 1)
    word = tokens.low[at]
    unsupported.definition(tokens, start, end, at)
    if word in ("temp", "temporary") and tokens.low[at + 1] == "view":
        unsupported.syntax_error(tokens, at + 1)
    if word in ("view", "materialized"):
        _view(tokens, start, at, end)
    elif word == "schema" and "quota" in tokens.low[at:end]:
        quota = tokens.low.index("quota", at)
        tokens.drop(quota, quota + (2 if tokens.low[quota + 1] == "unlimited" else 3))
    elif word in ("user", "role"):
        unsupported.of_provider(tokens, at, end)
        if word == "role":
            return
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
        elif tokens.low[i] == "collate" and tokens.low[i + 1] not in ("case_sensitive", "cs"):
            raise UnsupportedError(f"COLLATE {tokens.text[i + 1].upper()}")
        elif tokens.low[i] == "collate":
            tokens.drop(i, i + 2)


def check_isolation(tokens: Tokens, i: int) -> None:
    """ISOLATION LEVEL at i: SNAPSHOT, Redshift's default, is what every database has."""
    if tokens.low[i + 2] != "snapshot":
        raise UnsupportedError(f"the isolation level {tokens.low[i + 2].upper()}")


def _view(tokens: Tokens, start: int, at: int, end: int) -> None:
    """WITH NO SCHEMA BINDING is for a procedure of compat/; MATERIALIZED has storage attributes, which have no use."""
    if tokens.matches(end - 3, "with", "check", "option") or tokens.matches(end - 3, "with", "no", "data"):
        unsupported.syntax_error(tokens, end - 3)
    if tokens.low[at] == "view":
        behind = tokens.after_name(at + 1)
        if tokens.low[behind] == "with":
            unsupported.syntax_error(tokens, behind)
        reserved_words.check(tokens, behind - 1)
        if tokens.matches(end - 4, "with", "no", "schema", "binding"):
            _late_view(tokens, start, at, end)
        return
    name = at + (5 if tokens.matches(at + 2, "if", "not", "exists") else 2)
    position = tokens.after_name(name)
    while tokens.low[position] not in ("as", "(", ""):
        position = _option(tokens, position)


def _late_view(tokens: Tokens, start: int, at: int, end: int) -> None:
    """CREATE [OR REPLACE] VIEW name [(columns)] AS query WITH NO SCHEMA BINDING.

    The query goes as a literal between dollars, so that the rules for expressions still see its tokens.
    """
    behind = tokens.after_name(at + 1)
    query = (tokens.close(behind) + 1 if tokens.low[behind] == "(" else behind) + 1
    if tokens.low[query - 1] != "as":
        unsupported.syntax_error(tokens, query - 1)
    name, columns = tokens.render(at + 1, behind).strip(), tokens.render(behind, query - 1).strip()
    replace = str(tokens.low[start + 1] == "or").lower()
    tokens.drop(end - 4, end)
    tokens.drop(start + 1, query)
    tokens.text[start] = (
        f"CALL pg_catalog.local_aws_late_view({quoted(name)}, {quoted(columns)}, {replace}, {_TAG}"
    )
    tokens.after(end - 5, f"{_TAG})")


def _option(tokens: Tokens, position: int) -> int:
    if tokens.matches(position, "auto", "refresh"):
        tokens.drop(position, position + 3)
        return position + 3
    stop = tables.attributes(tokens, position, {})
    return max(stop, position + 1)
