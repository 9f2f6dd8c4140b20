"""COPY and UNLOAD in procedures: functions of compat/ hand them over to the stand-in, which runs them."""

from collections.abc import Callable

from local_aws.dialect.lexing.literals import dollar_value, literal_value, quoted
from local_aws.dialect.lexing.tokens import BODY, STRING, TEMPORARY, Tokens, is_name
from local_aws.dialect.refusals import UnsupportedError
from local_aws.dialect.statements.locks import lock_statement

_COMMANDS = ("copy", "unload")


def is_transfer(tokens: Tokens, start: int) -> bool:
    """Whether the statement at start is COPY or UNLOAD; in a procedure, a variable may have such a name."""
    return tokens.low[start] in _COMMANDS and tokens.low[start + 1] not in (":=", "=")


def hand_over(tokens: Tokens, start: int, end: int, verb: str, rewrite: Callable[[str], str]) -> None:
    """Put a call into the place of the command at start..end; `verb` is SELECT, or PERFORM in a procedure's body."""
    command = tokens.text[start] + tokens.render(start + 1, end)
    if tokens.low[start] == "copy":
        if not (is_name(tokens, start + 1) or tokens.low[start + 1] == TEMPORARY):
            raise UnsupportedError("COPY into other than a table")
        table = rewrite(tokens.render(start + 1, tokens.after_name(start + 1)).strip())
        first, subject = f"{lock_statement(table)}; ", table
    else:
        first, subject = "", rewrite(unloaded_query(tokens, start)).strip().rstrip(";")
    call = f"pg_catalog.local_aws_{tokens.low[start]}({quoted(subject)}, {quoted(command)})"
    tokens.drop(start + 1, end)
    tokens.text[start] = f"{first}{verb} {call}"


def unloaded_query(tokens: Tokens, start: int) -> str:
    """Return the query of the UNLOAD at start, as its literal stands for it."""
    if not (tokens.low[start + 1] == "(" and tokens.low[start + 2] in (STRING, BODY)):
        raise UnsupportedError("UNLOAD of other than a query in quotes")
    text = tokens.text[start + 2]
    return literal_value(text) if tokens.low[start + 2] == STRING else dollar_value(text)
