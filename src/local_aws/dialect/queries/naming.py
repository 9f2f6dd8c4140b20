"""What Redshift calls a column of the result that has no alias, where PostgreSQL would call it something else."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.queries.selects import SET_OPERATORS, Select, select_before

_BEFORE = frozenset(("select", ",", "distinct", "all"))
_BEHIND = frozenset((",", "from", ")", ";", "", "where", "order", "limit", "into", "group")) | SET_OPERATORS
NAMES = vocabulary.meanings("column_names")
_WITHOUT_CALL = frozenset(("sysdate", "true", "false", "current_date", "current_timestamp", "user"))
_ONLY_IGNORING_NULLS = frozenset(("first_value", "last_value", "lag", "lead"))


def name_item(tokens: Tokens, first: int, stop: int, name: str) -> None:
    """Give first..stop an alias if it is a whole item of a select list."""
    if name and _is_item(tokens, first, stop):
        tokens.after(stop - 1, f" AS {name}")


def end_of_unnamed(tokens: Tokens, i: int) -> int:
    """Where the call at i ends if it is a whole item without a name; 0 otherwise."""
    word = tokens.low[i]
    first = i - 1 if word == "select" else i  # a subquery begins with its parenthesis
    if first < 1 or tokens.low[first - 1] not in _BEFORE:
        return 0
    opening = first if word == "select" else i + 1
    if tokens.low[opening] != "(":
        return i + 1 if word in _WITHOUT_CALL and _is_item(tokens, i, i + 1) else 0
    stop = tokens.close(opening) + 1
    while tokens.low[stop] == "\0":  # IGNORE NULLS, which is done
        stop += 1
    if tokens.low[stop] == "over" and tokens.low[stop + 1] == "(":
        stop = tokens.close(stop + 1) + 1
    if word in _ONLY_IGNORING_NULLS and not tokens.text[i].startswith("pg_catalog.local_aws"):
        return 0
    return stop if _is_item(tokens, first, stop) else 0


def _is_item(tokens: Tokens, first: int, stop: int) -> bool:
    before = tokens.low[first - 1]
    if before not in _BEFORE or tokens.low[stop] not in _BEHIND:
        return False
    start = select_before(tokens, first)
    if start is None:
        return False
    if start not in tokens.list_ends:
        tokens.list_ends[start] = Select(tokens, start).list_end
    return first < tokens.list_ends[start]
