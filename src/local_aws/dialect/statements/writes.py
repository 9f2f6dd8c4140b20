"""INSERT, UPDATE and DELETE: their shorter forms on Redshift, and what only PostgreSQL adds to them."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.statements.unsupported import syntax_error


def insert(tokens: Tokens, start: int, end: int) -> None:
    """INSERT INTO name [(columns)] { VALUES ... | DEFAULT VALUES | query }."""
    i = start
    while i < end:
        word = tokens.low[i]
        if (word == "on" and tokens.low[i + 1] == "conflict") or word == "overriding":
            syntax_error(tokens, i)
        i = tokens.close(i) + 1 if word == "(" else i + 1


def update(tokens: Tokens, start: int, end: int) -> None:
    """UPDATE name SET column = value, ...; no list of columns."""
    for i in range(start, end):
        if tokens.matches(i, "set", "("):
            syntax_error(tokens, i + 1)


def delete(tokens: Tokens, start: int, _end: int) -> None:
    """DELETE [FROM] name."""
    if tokens.low[start + 1] != "from":
        tokens.after(start, " FROM")
