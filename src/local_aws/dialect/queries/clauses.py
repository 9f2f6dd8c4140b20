"""Clauses of SELECT: TOP, MINUS, QUALIFY."""

from local_aws.dialect.lexing.tokens import NAME, Tokens
from local_aws.dialect.queries.selects import SET_OPERATORS, Select, end_of_select, is_star, select_before
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
    return tokens.low[i + 1] in words and tokens.low[i - 1] not in ("", ".", ",", "select", "from", "join")


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
    names = _names_of_output(tokens, select)
    condition = tokens.render(i + 1, order).strip()
    tokens.drop(i, order)
    tokens.before(start, f"SELECT {names} FROM (")  # noqa: S608 - names are tokens of the same SQL
    tokens.after(origin - 1, f', ({condition}) AS "local_aws_qualify"')
    tokens.after(order - 1, ') AS "local_aws_qualified" WHERE "local_aws_qualify"')


def _names_of_output(tokens: Tokens, select: Select) -> str:
    """Return the outer SELECT list for the items of a query.

    Items without a name get one, and `*` becomes whole rows, which the outer list expands again.
    """
    outer: list[str] = []
    for first, last in select.items():
        if is_star(tokens, first, last):
            owner = tokens.render(first, last - 2).strip()
            owners = [owner] if owner else _aliases(tokens, select)
            rows = [f'"local_aws_row{len(outer) + n}"' for n in range(len(owners))]
            renamed = [f"{owner} AS {row}" for owner, row in zip(owners, rows, strict=True)]
            tokens.put(first, last, ", ".join(renamed))
            tokens.lead[first] = " "
            outer += [f'("local_aws_qualified".{row}).*' for row in rows]
        else:
            outer.append(_name(tokens, first, last, len(outer) + 1))
    return ", ".join(outer)


def _name(tokens: Tokens, first: int, last: int, number: int) -> str:
    """Return the name of an item, which is given one if it has none."""
    word, before = tokens.low[last - 1], tokens.low[last - 2] if last - first > 1 else ""
    is_name = word == NAME or (word.isidentifier() and word not in ("end", "null", "true", "false"))
    if is_name and (last - first == 1 or before in (".", "as", ")", "'", NAME) or before.isidentifier()):
        return tokens.text[last - 1]
    call = tokens.low[first].isidentifier() and tokens.low[first + 1] == "("
    name = f'"{tokens.low[first]}"' if call else f'"column{number}"'
    tokens.after(last - 1, f" AS {name}")
    return name


def _aliases(tokens: Tokens, select: Select) -> list[str]:
    """Return the names by which the FROM clause calls its tables."""
    for word in tokens.low[select.clauses["from"] : select.from_end]:
        if word in ("using", "natural", "lateral"):
            raise UnsupportedError(f"QUALIFY with SELECT * and {word.upper()}")
    return [name for _, name in select.sources()]
