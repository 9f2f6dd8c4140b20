"""Correlated subqueries that Redshift cannot decorrelate, as its guide lists them; known by qualified names only."""

from itertools import islice

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.dialect.queries import selects
from local_aws.dialect.refusals import RedshiftError

_AGGREGATES = vocabulary.words("aggregates") - {"min", "max"}
# Blocks that are looked at, from the inside out: people write no more.
_LEVELS = 10
_OUTER = frozenset(("left", "right", "full", "outer"))


def check(tokens: Tokens, i: int) -> None:
    """Refuse the subquery at i if it is correlated in one of these ways."""
    if tokens.low[i - 1] != "(":
        return
    owners = _owners(tokens, i)
    blocks = list(islice(selects.selects_around(tokens, i + 1), _LEVELS)) if owners else []
    if len(blocks) < 2:
        return
    named = [{identifier(name) for _, name in select.sources()} for select, _ in blocks]
    levels = {next((level for level, names in enumerate(named) if owner in names), 0) for owner in owners}
    outer, at = blocks[1]
    if max(levels, default=0) > 1 or (1 in levels and _is_refused(tokens, blocks[0][0], outer, at)):
        raise RedshiftError("This type of correlated subquery pattern is not supported due to internal error")


def _owners(tokens: Tokens, start: int) -> set[str]:
    """Return the tables that names of the SELECT itself are qualified with."""
    return {
        identifier(tokens.text[j])
        for j in selects.outside_queries(tokens, start, selects.end_of_select(tokens, start + 1))
        if is_name(tokens, j) and tokens.low[j + 1] == "." and tokens.low[j + 3] not in (".", "(")
    }


def _is_refused(tokens: Tokens, select: selects.Select, outer: selects.Select, at: int) -> bool:
    words = [tokens.low[j] for j in selects.outside_queries(tokens, select.start, select.end)]
    in_list = tokens.low[select.start - 2] == "in"
    return (
        "over" in words
        or (in_list and "group" in select.clauses and not _AGGREGATES.isdisjoint(words))
        or _in_outer_join(tokens, outer, at)
        or _is_grouped_by(tokens, outer, at)
    )


def _in_outer_join(tokens: Tokens, outer: selects.Select, at: int) -> bool:
    """Whether the position is in the ON of an outer join."""
    if at >= outer.from_end:
        return False
    is_outer = in_condition = False
    for j in selects.top_level(tokens, outer.clauses.get("from", at), at):
        if tokens.low[j] in selects.BEFORE_SOURCE:
            is_outer, in_condition = tokens.low[j - 1] in _OUTER, False
        in_condition |= tokens.low[j] == "on"
    return is_outer and in_condition


def _is_grouped_by(tokens: Tokens, outer: selects.Select, at: int) -> bool:
    """Whether GROUP BY has the item of the position, by its alias or its number."""
    if "group" not in outer.clauses or at >= outer.list_end:
        return False
    items = outer.items()
    number = next((n for n, (first, last) in enumerate(items, 1) if first <= at < last), 0)
    if not number:
        return False
    end = outer.first_of("having", "qualify", "window", "order", "limit", "offset")
    by = {tokens.render(*part).strip().lower() for part in tokens.split(outer.clauses["group"] + 2, end)}
    return not by.isdisjoint((str(number), selects.alias_of(tokens, *items[number - 1])[0]))
