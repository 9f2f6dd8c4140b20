"""GROUP BY ALL: by every item of the select list that is no aggregate."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.dialect.names.asking import Asking
from local_aws.dialect.names.columns import columns_of
from local_aws.dialect.queries.selects import Select, alias_of, is_star, outside_queries, select_of
from local_aws.dialect.refusals import UnsupportedError

AGGREGATES = vocabulary.words("aggregates")


def group_by_all(tokens: Tokens, i: int) -> Asking[None]:
    """Replace the ALL of GROUP BY at i by a list of positions, or by nothing when all items are aggregates."""
    select, _ = select_of(tokens, i)
    numbers: list[int] = []
    aggregated: set[str] = set()
    number = 0
    for first, last in select.items():
        width = 1
        if is_star(tokens, first, last):
            query = f"SELECT {tokens.render(first, last)} {select.source()}"
            width = len((yield from columns_of(tokens, select.start, query)))
        if (yield from _is_aggregate(tokens, select, first, last, aggregated)):
            aggregated.add(alias_of(tokens, first, last)[0])
        else:
            numbers += range(number + 1, number + 1 + width)
        number += width
    tokens.drop(i - 2, i + 1)
    if numbers:
        tokens.text[i] = " GROUP BY " + ", ".join(map(str, numbers))


def _is_aggregate(
    tokens: Tokens, select: Select, first: int, last: int, aggregated: set[str]
) -> Asking[bool]:
    """Whether an item holds an aggregate, itself or by an earlier alias; subqueries in it do not count."""
    if "over" in tokens.low[first:last]:
        raise UnsupportedError("GROUP BY ALL with window functions")
    for j in outside_queries(tokens, first, last):
        if tokens.low[j] in AGGREGATES and tokens.low[j + 1] in ("(", "count", "percentile_disc"):
            return True
    names = {identifier(tokens.text[j]) for j in range(first, last) if is_name(tokens, j)}
    if not (names & aggregated and select.source()):
        return False
    columns = yield from columns_of(tokens, select.start, f"SELECT * {select.source()}")
    return bool(names & aggregated - set(columns))
