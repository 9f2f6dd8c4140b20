"""The output columns of a SELECT list, for rules that put a query into a subquery."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import NAME, Tokens
from local_aws.dialect.refusals import UnsupportedError

NO_ALIAS = vocabulary.words("behind_tables")


def names_of_output(tokens: Tokens, start: int, origin: int, stop: int) -> str:
    """Return the outer SELECT list for the items at start..origin, whose FROM clause is at origin..stop.

    Items without a name get one, and `*` becomes whole rows, which the outer list expands again.
    """
    outer: list[str] = []
    for first, last in tokens.split(start, origin):
        if tokens.low[last - 1] == "*" and (last - first == 1 or tokens.low[last - 2] == "."):
            owners = (
                [tokens.render(first, last - 2).strip()]
                if last - first > 1
                else _aliases(tokens, origin, stop)
            )
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


def _aliases(tokens: Tokens, origin: int, stop: int) -> list[str]:
    """Return the names by which the FROM clause at origin..stop calls its tables."""
    found: list[str] = []
    at = origin
    while at < stop and tokens.low[at] not in ("where", "group", "having", "qualify", "window"):
        word = tokens.low[at]
        if word in ("using", "natural", "lateral"):
            raise UnsupportedError(f"QUALIFY with SELECT * and {word.upper()}")
        if word in ("from", "join", ","):
            at, name = source_names(tokens, at + 1)
            found.append(name)
        else:
            at = tokens.close(at) + 1 if word == "(" else at + 1
    return found


def source_names(tokens: Tokens, at: int) -> tuple[int, str]:
    """Where the table or subquery of FROM at `at` ends, and by which name it is called."""
    if tokens.low[at] == "(":
        at = tokens.close(at) + 1
    else:
        at = tokens.after_name(at)
        at = tokens.close(at) + 1 if tokens.low[at] == "(" else at  # a function
    named = at - 1
    if tokens.low[at] == "as":
        named, at = at + 1, at + 2
    elif tokens.low[at] == NAME or (
        tokens.low[at].isidentifier()
        and tokens.low[at] not in NO_ALIAS
        and not tokens.matches(at, "start", "with")
    ):
        named, at = at, at + 1
    return at, tokens.text[named]
