"""The columns that a query in a statement has, asked of PostgreSQL in the surroundings of the query."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.names.asking import Asking
from local_aws.dialect.queries.selects import outwards, top_level
from local_aws.dialect.refusals import RedshiftError

_MAIN = frozenset(("select", "insert", "update", "delete", "merge"))


def columns_of(tokens: Tokens, i: int, query: str) -> Asking[list[str]]:
    """Return the columns of a query, which is Redshift's, in the place of the SELECT at i.

    Raises RedshiftError, with the engine's words, when the query has none.
    """
    for clause in _with_clauses(tokens, i):
        query = f"{clause} SELECT * FROM ({query}\n) AS local_aws_asked"  # noqa: S608 - the user's own SQL
    answer = yield query
    if answer.sqlstate:
        raise RedshiftError(answer.message)
    return list(answer.columns)


def _with_clauses(tokens: Tokens, i: int) -> list[str]:
    """Return the WITH clauses whose tables the SELECT at i may use, from the inside out."""
    found: list[str] = []
    inner = i
    while True:
        first = outwards(tokens, inner)
        withs = (j for j in top_level(tokens, first, inner + 1) if tokens.low[j] == "with")
        opening = next((j for j in withs if tokens.low[j + 1] not in ("no", "time", "offset")), None)
        if opening is not None:
            places = top_level(tokens, opening, tokens.end)
            stop = main = next((j for j in places if tokens.low[j] in _MAIN), tokens.end)
            if inner < main:  # in one of its tables: it may use those before it
                commas = [j for j in top_level(tokens, opening, inner) if tokens.low[j] == ","]
                stop = commas[-1] if commas else opening
            if stop > opening:
                found.append(tokens.render(opening, stop))
        if first == 0 or tokens.low[first - 1] == ";":
            return found
        inner = first - 1
