"""START WITH ... CONNECT BY: a recursive query in the place of the table in FROM."""

from local_aws.dialect.lexing.tokens import Tokens, is_name
from local_aws.dialect.queries.selects import Select, select_before, source_names, top_level
from local_aws.dialect.refusals import UnsupportedError

_BEHIND = frozenset(("group", "having", "qualify", "order", "limit", "offset"))


def connect_by(tokens: Tokens, i: int) -> None:
    """Rewrite the CONNECT BY at i; PRIOR becomes a column of the rows above, WHERE is left to the query around."""
    start = select_before(tokens, i)
    if tokens.low[i + 1] != "by" or start is None:
        return
    select = Select(tokens, start)
    first = select.clauses["from"] + 1 if "from" in select.clauses else i
    stop, name = source_names(tokens, first)
    places = top_level(tokens, start, select.end)
    begins = next((j for j in places if tokens.matches(j, "start", "with")), 0)
    if stop not in (select.clauses.get("where"), begins, i):
        raise UnsupportedError("CONNECT BY on more than one table")
    places = top_level(tokens, i, select.end)
    end = next((j for j in places if tokens.low[j] in _BEHIND or j == begins), select.end)
    condition, above = _without_prior(tokens, i + 2, end)
    behind_start = i if begins and begins < i else select.first_of(*_BEHIND)
    root = f" WHERE {tokens.render(begins + 2, behind_start).strip()}" if begins else ""
    source = tokens.render(first, stop).strip()
    tree = (
        f"(WITH RECURSIVE local_aws_tree AS (SELECT {name}.*, 1 AS level FROM {source}{root} UNION ALL"  # noqa: S608
        f" SELECT {name}.*, local_aws_level + 1 FROM {source}, (SELECT level AS local_aws_level{above}"
        f" FROM local_aws_tree AS {name}) AS local_aws_above WHERE {condition})"
        f" SELECT * FROM local_aws_tree) AS {name}"
    )
    for part in ((first, stop), (i, end), *([(begins, behind_start)] if begins else [])):
        tokens.drop(*part)
    tokens.lead[first], tokens.text[first] = " ", tree
    tokens.lead[i] = " "


def _without_prior(tokens: Tokens, first: int, last: int) -> tuple[str, str]:
    """Return the condition with columns for what is PRIOR, and those columns."""
    above: list[str] = []
    for j in range(first, last):
        if tokens.low[j] == "prior" and is_name(tokens, j + 1):
            stop = tokens.after_name(j + 1)
            above.append(tokens.render(j + 1, stop).strip())
            tokens.put(j, stop, f"local_aws_prior{len(above)}")
    if not above:
        raise UnsupportedError("CONNECT BY without PRIOR")
    columns = "".join(f", {name} AS local_aws_prior{n}" for n, name in enumerate(above, 1))
    return tokens.render(first, last).strip(), columns
