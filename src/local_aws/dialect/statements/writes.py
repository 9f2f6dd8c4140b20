"""INSERT and DELETE: their shorter forms on Redshift."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import RedshiftError


def insert(tokens: Tokens, start: int, end: int) -> None:
    """INSERT INTO name [(columns)] { VALUES ... | DEFAULT VALUES | query }."""
    i = tokens.after_name(start + 2)
    first = tokens.close(i) + 1 if tokens.low[i] == "(" else i
    more_rows = tokens.low[first] == "values" and tokens.close(first + 1) + 1 < end
    if more_rows and "select" in tokens.low[first:end]:
        raise RedshiftError("can't use subqueries in multi-row VALUES")


def delete(tokens: Tokens, start: int, _end: int) -> None:
    """DELETE [FROM] name [USING ...] [WHERE ...]."""
    if tokens.low[start + 1] != "from":
        tokens.after(start, " FROM")
