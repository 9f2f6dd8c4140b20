"""CREATE USER and ALTER USER: their options in PostgreSQL's spelling."""

from local_aws.dialect.lexing.tokens import Tokens

_SPELLING = {"createuser": "CREATEROLE", "nocreateuser": "NOCREATEROLE"}


def create(tokens: Tokens, at: int, end: int) -> None:
    """CREATE USER, the word USER at `at`: a user may lock the tables that it may write to, by a role."""
    options(tokens, at, end)
    if "pg_maintain" in tokens.low[at:end]:
        return
    for i in range(at, end):
        if tokens.matches(i, "in", "group"):
            tokens.after(i + 1, " pg_maintain,")
            return
    tokens.after(end - 1, " IN GROUP pg_maintain")


def options(tokens: Tokens, at: int, end: int) -> None:
    """Options behind the name of the user."""
    for i in range(at + 2, end):
        if tokens.matches(i, "reset", "session", "timeout"):
            tokens.drop(i, i + 3)
        elif tokens.matches(i, "password", "disable"):
            tokens.text[i + 1] = "NULL"
        elif tokens.matches(i, "limit", "unlimited"):
            tokens.text[i + 1] = "-1"
        elif tokens.low[i : i + 2] in (["syslog", "access"], ["session", "timeout"]):
            tokens.drop(i, i + 3)
        elif tokens.low[i] in _SPELLING:
            tokens.text[i] = _SPELLING[tokens.low[i]]
