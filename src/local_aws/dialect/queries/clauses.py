"""Clauses of SELECT: TOP, MINUS, QUALIFY."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.queries.select_lists import names_of_output
from local_aws.dialect.queries.selects import SET_OPERATORS, Select, end_of_select, select_before
from local_aws.dialect.refusals import UnsupportedError


def top(tokens: Tokens, i: int) -> None:
    """SELECT TOP n: LIMIT at the end of that very SELECT."""
    start = i - 2 if tokens.low[i - 1] in ("distinct", "all") else i - 1
    if tokens.low[start] != "select" or not tokens.low[i + 1][:1].isdigit():
        return
    number = tokens.text[i + 1]
    end = end_of_select(tokens, i)
    tokens.drop(i, i + 2)
    if tokens.low[end] in SET_OPERATORS or (start and tokens.low[start - 1] in (*SET_OPERATORS, "all")):
        tokens.before(start, "(")
        tokens.after(end - 1, f" LIMIT {number})")
    else:
        tokens.after(end - 1, f" LIMIT {number}")


def minus(tokens: Tokens, i: int) -> None:
    """MINUS between queries is EXCEPT."""
    at = i + 1
    while tokens.low[at] == "(":
        at += 1
    if tokens.low[at] in ("select", "with", "values") and i and tokens.low[i - 1] not in (",", "(", "."):
        tokens.text[i] = "EXCEPT"


def is_pivot(tokens: Tokens, i: int) -> bool:
    """Whether the word PIVOT or UNPIVOT at i is the clause."""
    words = ("(",) if tokens.low[i] == "pivot" else ("(", "include", "exclude")
    return (
        i > 0 and tokens.low[i + 1] in words and tokens.low[i - 1] not in (".", ",", "select", "from", "join")
    )


def refuse_pivot(tokens: Tokens, i: int) -> None:
    """PIVOT (...) and UNPIVOT (...) where nobody can be asked for names."""
    if is_pivot(tokens, i):
        raise UnsupportedError(tokens.low[i].upper())


def is_qualify(tokens: Tokens, i: int) -> bool:
    """Whether the word QUALIFY at i is the clause."""
    return tokens.low[i + 1] not in (",", ")", "from", "") and select_before(tokens, i) is not None


def qualify(tokens: Tokens, i: int) -> None:
    """QUALIFY condition: the query becomes a subquery that also computes the condition."""
    start = select_before(tokens, i)
    if start is None or not is_qualify(tokens, i):
        return
    select = Select(tokens, start)
    order = select.first_of("order", "limit")
    if "from" not in select.clauses or tokens.low[start + 1] == "distinct":
        raise UnsupportedError("QUALIFY in SELECT DISTINCT or without FROM")
    origin = select.clauses["from"]
    names = names_of_output(tokens, select)
    condition = tokens.render(i + 1, order).strip()
    tokens.drop(i, order)
    tokens.before(start, f"SELECT {names} FROM (")  # noqa: S608 - names are tokens of the same SQL
    tokens.after(origin - 1, f', ({condition}) AS "local_aws_qualify"')
    tokens.after(order - 1, ') AS "local_aws_qualified" WHERE "local_aws_qualify"')
