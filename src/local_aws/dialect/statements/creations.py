"""CREATE of anything but procedures."""

from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.statements import tables, unsupported

_TAG = "$local_aws_view$"


def create(tokens: Tokens, start: int, end: int) -> None:
    """CREATE TABLE, VIEW, MATERIALIZED VIEW, DATABASE, USER, GROUP."""
    at = start + (3 if tokens.matches(start + 1, "or", "replace") else 1)
    word = tokens.low[at]
    if word in ("view", "materialized"):
        _view(tokens, start, at, end)
    elif word == "user":
        _user(tokens, at, end)
    elif word == "database" and "strategy" not in tokens.low[at:end]:
        # By way of the log, which nobody needs, it would take half as long again.
        tokens.after(end - 1, " STRATEGY FILE_COPY")
    elif word == "group":
        _group(tokens, at)
    else:
        tables.create(tokens, start)


def _user(tokens: Tokens, at: int, end: int) -> None:
    """CREATE USER: a user may lock the tables that it may write to, by a role."""
    if "pg_maintain" in tokens.low[at:end]:
        return
    group = next((i + 1 for i in range(at, end) if tokens.matches(i, "in", "group")), None)
    if group is None:
        tokens.after(end - 1, " IN GROUP pg_maintain")
    else:
        tokens.after(group, " pg_maintain,")


def _group(tokens: Tokens, at: int) -> None:
    """CREATE GROUP: what tells it from a role is a limit that no role has, since neither can log in."""
    if tokens.low[at + 2] == "with":
        tokens.text[at + 2] = ""
    tokens.after(at + 1, " CONNECTION LIMIT 0")


def _view(tokens: Tokens, start: int, at: int, end: int) -> None:
    """WITH NO SCHEMA BINDING is for a procedure of compat/; MATERIALIZED has storage attributes, which have no use."""
    if tokens.low[at] == "view":
        if tokens.matches(end - 4, "with", "no", "schema", "binding"):
            _late_view(tokens, start, at, end)
        return
    name = at + (5 if tokens.matches(at + 2, "if", "not", "exists") else 2)
    position = tokens.after_name(name)
    while tokens.low[position] not in ("as", "(", ""):
        position = max(tables.attributes(tokens, position, {}), position + 1)


def _late_view(tokens: Tokens, start: int, at: int, end: int) -> None:
    """CREATE [OR REPLACE] VIEW name [(columns)] AS query WITH NO SCHEMA BINDING.

    The query goes as a literal between dollars, so that the rules for expressions still see its tokens.
    """
    behind = tokens.after_name(at + 1)
    query = (tokens.close(behind) + 1 if tokens.low[behind] == "(" else behind) + 1
    if tokens.low[query - 1] != "as":
        unsupported.syntax_error(tokens, query - 1)
    name, columns = (quoted(tokens.render(*part).strip()) for part in ((at + 1, behind), (behind, query - 1)))
    replace = str(tokens.low[start + 1] == "or").lower()
    tokens.drop(end - 4, end)
    tokens.drop(start + 1, query)
    tokens.text[start] = f"CALL pg_catalog.local_aws_late_view({name}, {columns}, {replace}, {_TAG}"
    tokens.after(end - 5, f"{_TAG})")
