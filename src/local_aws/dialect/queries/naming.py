"""What Redshift calls a column of the result that has no alias, where PostgreSQL would call it something else."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.queries.selects import SET_OPERATORS, Select, select_before

_BEFORE = frozenset(("select", ",", "distinct", "all"))
_BEHIND = frozenset((",", "from", ")", ";", "", "where", "order", "limit", "into", "group")) | SET_OPERATORS


def name_item(tokens: Tokens, first: int, stop: int, name: str) -> None:
    """Give first..stop an alias if it is a whole item of a select list."""
    before = tokens.low[first - 1] if first else ""
    if not name or before not in _BEFORE or tokens.low[stop] not in _BEHIND:
        return
    start = select_before(tokens, first)
    if start is not None and first < Select(tokens, start).list_end:
        tokens.after(stop - 1, f" AS {name}")
