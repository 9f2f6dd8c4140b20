"""INSERT, UPDATE and DELETE: their shorter forms on Redshift, and what only PostgreSQL adds to them."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import RedshiftError
from local_aws.dialect.statements.unsupported import syntax_error


def insert(tokens: Tokens, start: int, end: int) -> None:
    """INSERT INTO name [(columns)] { VALUES ... | DEFAULT VALUES | query }."""
    i = tokens.after_name(start + 2)
    if tokens.low[i] == "as":
        syntax_error(tokens, i)
    first = tokens.close(i) + 1 if tokens.low[i] == "(" else i
    if (
        tokens.low[first] == "values"
        and tokens.close(first + 1) + 1 < end
        and "select" in tokens.low[first:end]
    ):
        raise RedshiftError("can't use subqueries in multi-row VALUES")
    while i < end:
        word = tokens.low[i]
        if (word == "on" and tokens.low[i + 1] == "conflict") or word == "overriding":
            syntax_error(tokens, i)
        i = tokens.close(i) + 1 if word == "(" else i + 1


def update(tokens: Tokens, start: int, end: int) -> None:
    """UPDATE name SET column = value, ...; no list of columns."""
    if tokens.low[start + 1] == "only":
        syntax_error(tokens, start + 1)
    for i in range(start, end):
        if tokens.matches(i, "set", "("):
            syntax_error(tokens, i + 1)
        if tokens.low[i] in ("left", "right", "full") and tokens.low[i + 1] in ("join", "outer"):
            opening = tokens.around[0][i]
            if opening < start:
                raise RedshiftError("Target table must be part of an equijoin predicate")


def delete(tokens: Tokens, start: int, end: int) -> None:
    """DELETE [FROM] name [USING ...] [WHERE ...]; the name has no alias."""
    behind = tokens.after_name(start + (2 if tokens.low[start + 1] == "from" else 1))
    if behind < end and tokens.low[behind] not in ("using", "where"):
        syntax_error(tokens, behind)
    if tokens.low[start + 1] != "from":
        tokens.after(start, " FROM")
