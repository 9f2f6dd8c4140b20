"""What PostgreSQL's queries have and Redshift's do not: they fail here as they do there."""

from collections.abc import Callable

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens, is_name
from local_aws.dialect.queries import correlations, selects
from local_aws.dialect.queries.function_calls import OURS
from local_aws.dialect.refusals import NOT_ON_TABLES, RedshiftError, refuse_as_redshift
from local_aws.dialect.statements import unsupported

_NEED_FRAME = vocabulary.words("need_frame")
_ORDERED_SETS = frozenset(("listagg", "percentile_cont", "percentile_disc"))
_SORTED = _ORDERED_SETS | {"median"}
_WRITES = frozenset(("insert", "update", "delete", "merge"))
_FRAMES = frozenset(("rows", "range", "groups"))


# What of the catalogue a statement with functions of the leader node may read.
_CATALOGUE = ("pg_", "information_schema", "svv_", "stv_", "admin")
_STATEMENT_BEGINS = frozenset((";", "begin", "then", "loop", "else"))


def _window(tokens: Tokens, i: int) -> None:
    """OVER (...): an aggregate with an order needs a frame, which is one of rows."""
    close = i - 1
    if tokens.matches(i - 2, "ignore", "nulls") or tokens.matches(i - 2, "respect", "nulls"):
        close = i - 3
    if tokens.low[close] != ")":
        return
    if tokens.low[i + 1] != "(":
        if is_name(tokens, i + 1):
            refuse_as_redshift("named windows")
        return
    words = [tokens.low[j] for j in selects.top_level(tokens, i + 2, tokens.close(i + 1))]
    frame = next((word for word in words if word in _FRAMES), None)
    if frame in ("range", "groups") or (frame and "exclude" in words):
        refuse_as_redshift("window frames other than ROWS")
    if "order" in words and not frame and _called(tokens, close) in _NEED_FRAME:
        raise RedshiftError("Aggregate window functions with an ORDER BY clause require a frame clause")


def _called(tokens: Tokens, close: int) -> str:
    """Return the function whose arguments end at `close`."""
    return tokens.low[tokens.open(close) - 1]


def _within(tokens: Tokens, i: int) -> None:
    if tokens.matches(i - 1, ")", "within", "group"):
        if _called(tokens, i - 1) not in _ORDERED_SETS:
            refuse_as_redshift(f"{_called(tokens, i - 1).upper()} WITHIN GROUP")
        _sorted(tokens, i)


def _with(tokens: Tokens, i: int) -> None:
    """WITH name AS (query): before a SELECT only, and with queries only."""
    if tokens.low[i + 1] == "ordinality":
        unsupported.syntax_error(tokens, i)
    at = i + (2 if tokens.low[i + 1] == "recursive" else 1)
    behind = tokens.close(at + 1) + 1 if tokens.low[at + 1] == "(" else at + 1
    if not is_name(tokens, at) or tokens.low[behind] != "as":
        return
    if tokens.low[i + 1] == "recursive":
        _recursive(tokens, i)
    for j in selects.top_level(tokens, behind, tokens.end):
        if tokens.low[j] in ("insert", "merge"):
            unsupported.syntax_error(tokens, j)
        if tokens.low[j] in ("select", "update", "delete"):
            return
        if tokens.low[j] == "as":
            inside = j + 1
            if tokens.low[inside] == "materialized" or tokens.matches(inside, "not", "materialized"):
                unsupported.syntax_error(tokens, inside)
            if tokens.low[inside] == "(" and tokens.low[inside + 1] in _WRITES:
                unsupported.syntax_error(tokens, inside + 1)


def _recursive(tokens: Tokens, i: int) -> None:
    """WITH RECURSIVE name (columns) AS (SELECT ... UNION ALL SELECT ...): no subquery itself."""
    opening = tokens.around[i][0]
    inside = opening >= 0 and any(selects.selects_around(tokens, opening))
    if inside and not tokens.low[i + 2].startswith("local_aws_"):
        refuse_as_redshift("WITH RECURSIVE in a subquery")
    for j in selects.top_level(tokens, i + 2, tokens.end):
        if tokens.low[j] == "select":
            return
        if not tokens.matches(j, "as", "("):
            continue
        has_columns = tokens.low[j - 1] == ")"
        name = tokens.low[tokens.open(j - 1) - 1 if has_columns else j - 1]
        close = tokens.close(j + 1)
        named = (k for k in range(j, close) if tokens.low[k] == name)
        if not any(tokens.low[k - 1] in selects.BEFORE_SOURCE for k in named):
            continue
        words = [tokens.low[k] for k in selects.top_level(tokens, j + 2, close)]
        if not has_columns and not name.startswith("local_aws_"):
            refuse_as_redshift("a recursive query in WITH without a list of columns")
        if not tokens.low[j + 2 : close].count("union") or words[words.index("union") + 1] != "all":
            refuse_as_redshift("a recursive query in WITH without UNION ALL")
        if "order" in words or "limit" in words:
            refuse_as_redshift("ORDER BY and LIMIT in a recursive query in WITH")


def _is(tokens: Tokens, i: int) -> None:
    unsupported.check_word(tokens, i)
    at = i + (2 if tokens.low[i + 1] == "not" else 1)
    if tokens.matches(at, "distinct", "from") and OURS not in tokens.lead[at + 2]:
        refuse_as_redshift("IS DISTINCT FROM")


def _leader(tokens: Tokens, i: int) -> None:
    """Refuse a function of the leader node in a statement that reads a table or writes one."""
    if tokens.low[i + 1] != "(" or tokens.low[i - 1] in (".", "function", "procedure"):
        return
    first = next((j + 1 for j in range(i - 1, -1, -1) if tokens.low[j] in _STATEMENT_BEGINS), 0)
    words = tokens.low[first : first + 4]
    writes = words[0] == "insert" or (words[0] == "create" and "table" in words)
    if writes or any(_reads_table(tokens, select) for select, _ in selects.selects_around(tokens, i)):
        raise RedshiftError(NOT_ON_TABLES)


def _reads_table(tokens: Tokens, select: selects.Select) -> bool:
    named = {tokens.low[j] for j in range(tokens.end) if tokens.matches(j + 1, "as", "(")}
    return any(
        is_name(tokens, at)
        and tokens.low[at] not in named
        and tokens.low[at + 1] != "("
        and not tokens.low[at].startswith(_CATALOGUE)
        for at, _ in select.sources()
    )


def _limit(tokens: Tokens, i: int) -> None:
    """LIMIT in a query in parentheses that is an operand of UNION, INTERSECT or EXCEPT."""
    opening = tokens.around[i][0]
    if opening < 0 or tokens.low[opening + 1] not in ("select", "with", "("):
        return
    before = tokens.low[opening - 1] if opening else ""
    before = tokens.low[opening - 2] if before in ("all", "distinct") else before
    behind = tokens.low[tokens.close(opening) + 1]
    is_first = before in ("", ";", "(", "as") and behind in selects.SET_OPERATORS
    if is_first or before in selects.SET_OPERATORS:
        raise RedshiftError("LIMIT may not be used within input to set operations.")


def _sorted(tokens: Tokens, i: int) -> None:
    """Refuse aggregates of one SELECT that sort by different things."""
    start = next((select.start for select, _ in selects.selects_around(tokens, i)), None)
    if start is None:
        return
    orders = set()
    for j in selects.outside_queries(tokens, start + 1, selects.end_of_select(tokens, start + 1)):
        close = tokens.close(j + 1)
        if tokens.low[j] in _SORTED and tokens.low[j + 1] == "(" and tokens.low[close] == ")":
            inside = tokens.matches(close + 1, "within", "group", "(", "order", "by")
            order = (close + 6, tokens.close(close + 3)) if inside else (j + 2, close)
            behind = order[1] + 1
            if (inside or tokens.low[j] == "median") and tokens.low[behind] != "over":
                orders.add(tuple(tokens.low[slice(*order)]))
    if len(orders) > 1:
        raise RedshiftError("within group ORDER BY clauses for aggregate functions must be the same")


def _system_column(tokens: Tokens, i: int) -> None:
    word = tokens.low[i]
    is_operand = tokens.low[i - 1] in ("select", ",", ".", "(", "where", "and", "or", "on", "=")
    if is_operand and not any(tokens.matches(j, "as", word) for j in range(tokens.end)):
        raise RedshiftError(f'column "{word}" does not exist')


RULES: dict[str, Callable[[Tokens, int], None]] = {
    "over": _window,
    "select": correlations.check,
    **dict.fromkeys(unsupported.CHECKED_WORDS, unsupported.check_word),
    "is": _is,
    **dict.fromkeys(("ctid", "cmin", "cmax", "xmin", "xmax", "tableoid"), _system_column),
    **dict.fromkeys(vocabulary.words("leader_functions"), _leader),
    "limit": _limit,
    "median": _sorted,
    "within": _within,
    "with": _with,
}
