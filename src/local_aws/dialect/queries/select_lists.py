"""The output columns of a SELECT list, for rules that put a query into a subquery."""

from local_aws.dialect.lexing.tokens import NAME, Tokens
from local_aws.dialect.queries.selects import Select, is_star
from local_aws.dialect.refusals import UnsupportedError


def names_of_output(tokens: Tokens, select: Select) -> str:
    """Return the outer SELECT list for the items of a query.

    Items without a name get one, and `*` becomes whole rows, which the outer list expands again.
    """
    outer: list[str] = []
    for first, last in select.items():
        if is_star(tokens, first, last):
            owner = tokens.render(first, last - 2).strip()
            owners = [owner] if owner else _aliases(tokens, select)
            rows = [f'"local_aws_row{len(outer) + n}"' for n in range(len(owners))]
            tokens.drop(first, last)
            tokens.lead[first] = " "
            tokens.text[first] = ", ".join(
                f"{owner} AS {row}" for owner, row in zip(owners, rows, strict=True)
            )
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
