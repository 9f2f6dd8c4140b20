"""What PostgreSQL's queries have and Redshift's do not: they fail here as they do there."""

from collections.abc import Callable
from typing import NoReturn

from local_aws.dialect.lexing.tokens import Tokens, is_name
from local_aws.dialect.queries.selects import top_level
from local_aws.dialect.refusals import RedshiftError, UnsupportedError
from local_aws.dialect.statements.unsupported import syntax_error

_NEED_FRAME = frozenset(
    """sum count avg min max stddev stddev_samp stddev_pop variance var_samp var_pop first_value last_value nth_value
    bool_and bool_or bit_and bit_or""".split()  # noqa: SIM905
)
_ORDERED_SETS = frozenset(("listagg", "percentile_cont", "percentile_disc"))
_WRITES = frozenset(("insert", "update", "delete", "merge"))
_FRAMES = frozenset(("rows", "range", "groups"))


def _neither(what: str) -> NoReturn:
    raise UnsupportedError(f"{what}, and neither does Redshift")


def _window(tokens: Tokens, i: int) -> None:
    """OVER (...): an aggregate with an order needs a frame, which is one of rows."""
    close = i - 1
    if tokens.matches(i - 2, "ignore", "nulls") or tokens.matches(i - 2, "respect", "nulls"):
        close = i - 3
    if tokens.low[close] != ")":
        return
    if tokens.low[i + 1] != "(":
        if is_name(tokens, i + 1):
            _neither("named windows")
        return
    words = [tokens.low[j] for j in top_level(tokens, i + 2, tokens.close(i + 1))]
    frame = next((word for word in words if word in _FRAMES), None)
    if frame in ("range", "groups") or (frame and "exclude" in words):
        _neither("window frames other than ROWS")
    if "order" in words and not frame and _called(tokens, close) in _NEED_FRAME:
        raise RedshiftError("Aggregate window functions with an ORDER BY clause require a frame clause")


def _called(tokens: Tokens, close: int) -> str:
    """Return the function whose arguments end at `close`."""
    return tokens.low[tokens.open(close) - 1]


def _named_window(tokens: Tokens, i: int) -> None:
    if (
        is_name(tokens, i + 1)
        and tokens.matches(i + 2, "as", "(")
        and tokens.low[i - 1] not in ("as", ",", ".")
    ):
        _neither("named windows")


def _filter(tokens: Tokens, i: int) -> None:
    if tokens.low[i - 1] == ")" and tokens.matches(i + 1, "(", "where"):
        syntax_error(tokens, i + 1)


def _within(tokens: Tokens, i: int) -> None:
    if tokens.matches(i - 1, ")", "within", "group") and _called(tokens, i - 1) not in _ORDERED_SETS:
        _neither(f"{_called(tokens, i - 1).upper()} WITHIN GROUP")


def _distinct(tokens: Tokens, i: int) -> None:
    if tokens.low[i - 1] == "select" and tokens.matches(i + 1, "on", "("):
        raise RedshiftError("SELECT DISTINCT ON is not supported")


def _lateral(tokens: Tokens, i: int) -> None:
    if tokens.low[i - 1] in (",", "from", "join") and tokens.low[i + 1] not in (",", ")", "where", ""):
        _neither("LATERAL")


def _for(tokens: Tokens, i: int) -> None:
    if tokens.low[i + 1] in ("update", "share") or tokens.matches(i + 1, "no", "key", "update"):
        _neither("SELECT ... FOR UPDATE")


def _with(tokens: Tokens, i: int) -> None:
    """WITH name AS (query): before a SELECT only, and with queries only."""
    if tokens.low[i + 1] == "ordinality":
        syntax_error(tokens, i)
    at = i + (2 if tokens.low[i + 1] == "recursive" else 1)
    behind = tokens.close(at + 1) + 1 if tokens.low[at + 1] == "(" else at + 1
    if not is_name(tokens, at) or tokens.low[behind] != "as":
        return
    for j in top_level(tokens, behind, tokens.end):
        if tokens.low[j] in ("insert", "merge"):
            syntax_error(tokens, j)
        if tokens.low[j] in ("select", "update", "delete"):
            return
        if tokens.low[j] == "as":
            inside = j + 1
            if tokens.low[inside] == "materialized" or tokens.matches(inside, "not", "materialized"):
                syntax_error(tokens, inside)
            if tokens.low[inside] == "(" and tokens.low[inside + 1] in _WRITES:
                syntax_error(tokens, inside + 1)


def _values(tokens: Tokens, i: int) -> None:
    behind_query = tokens.low[i - 1] in ("union", "all", "except", "intersect", "minus")
    if (tokens.low[i - 1] == "(" or behind_query) and tokens.low[i + 1] == "(":
        syntax_error(tokens, i)


def _fetch(tokens: Tokens, i: int) -> None:
    counts = tokens.low[i + 1] in ("first", "next") and tokens.low[i + 2] != "from"
    if i and counts and {"row", "rows"} & set(tokens.low[i + 2 : i + 4]):
        syntax_error(tokens, i)


def _all(tokens: Tokens, i: int) -> None:
    if tokens.low[i - 1] in ("intersect", "except", "minus") and tokens.low[i + 1] in ("select", "("):
        _neither(f"{tokens.low[i - 1].upper()} ALL")


def _tablesample(tokens: Tokens, i: int) -> None:
    if is_name(tokens, i + 1) and tokens.low[i + 2] == "(" and tokens.low[i - 1] not in ("select", ",", "as"):
        syntax_error(tokens, i)


RULES: dict[str, Callable[[Tokens, int], None]] = {
    "over": _window,
    "window": _named_window,
    "filter": _filter,
    "within": _within,
    "distinct": _distinct,
    "lateral": _lateral,
    "for": _for,
    "with": _with,
    "values": _values,
    "fetch": _fetch,
    "all": _all,
    "tablesample": _tablesample,
}
