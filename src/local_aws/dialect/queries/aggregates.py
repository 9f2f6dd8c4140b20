"""Aggregates and window functions whose calls need another spelling."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.queries.function_calls import arguments
from local_aws.dialect.queries.naming import name_item
from local_aws.dialect.refusals import UnsupportedError

_WHOLE_PARTITION = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def approximate(tokens: Tokens, i: int) -> None:
    """APPROXIMATE COUNT(DISTINCT ...): the exact number is as good."""
    if tokens.matches(i + 1, "count", "(") or tokens.matches(i + 1, "percentile_disc", "("):
        tokens.drop(i, i + 1)


def listagg(tokens: Tokens, i: int) -> None:
    """LISTAGG([DISTINCT] value [, delimiter]) [WITHIN GROUP (ORDER BY ...)] [OVER (...)], with its order inside."""
    ranges = arguments(tokens, i)
    if not ranges:
        return
    close = ranges[-1][1]
    first = ranges[0][0] + (1 if tokens.low[ranges[0][0]] in ("distinct", "all") else 0)
    distinct = tokens.low[ranges[0][0]] == "distinct"
    order, end = _within_group(tokens, close)
    tokens.text[i] = "pg_catalog.listagg"
    tokens.before(first, "(")
    tokens.after(ranges[0][1] - 1, ")::text")
    delimiter = "" if len(ranges) > 1 else ", ''"
    if distinct and order:
        order = _distinct_order(tokens, (first, ranges[0][1]), order)
    if order and tokens.low[end] == "over":
        if tokens.low[end + 1] != "(":
            raise UnsupportedError("LISTAGG over a named window")
        tokens.before(tokens.close(end + 1), f" ORDER BY {order} {_WHOLE_PARTITION}")
        order = ""
    tokens.before(close, delimiter + (f" ORDER BY {order}" if order else ""))


def _within_group(tokens: Tokens, close: int) -> tuple[str, int]:
    """Return the order of WITHIN GROUP (ORDER BY ...), which is taken out, and the position behind it."""
    if not tokens.matches(close + 1, "within", "group", "(", "order", "by"):
        return "", close + 1
    end = tokens.close(close + 3)
    order = tokens.render(close + 6, end).strip()
    tokens.drop(close + 1, end + 1)
    return order, end + 1


def _distinct_order(tokens: Tokens, value: tuple[int, int], order: str) -> str:
    """PostgreSQL wants a DISTINCT aggregate ordered by the very expression that it aggregates."""
    text = tokens.render(*value).strip()
    inner = text.removeprefix("(").removesuffix(")::text").strip()
    direction = order[len(inner) :].strip() if order.lower().startswith(inner.lower()) else None
    if direction is None or direction.lower() not in ("", "asc", "desc"):
        raise UnsupportedError("LISTAGG(DISTINCT ...) ordered by something else")
    return f"{text} {direction}".strip()


def ratio_to_report(tokens: Tokens, i: int) -> None:
    """RATIO_TO_REPORT(x) OVER (...): x divided by its sum."""
    ranges = arguments(tokens, i)
    close = ranges[-1][1] if ranges else 0
    if not ranges or tokens.low[close + 1] != "over":
        return
    value = tokens.render(*ranges[0]).strip()
    tokens.text[i] = f"({value})::float8 / nullif(sum"
    tokens.after(tokens.close(close + 2), ", 0)")


def percentile(tokens: Tokens, i: int) -> None:
    """PostgreSQL has no ordered-set aggregates over windows: there it is an aggregate of compat/, of numbers only."""
    ranges = arguments(tokens, i)
    if not ranges or not tokens.matches(close := ranges[-1][1], ")", "within", "group", "("):
        return
    if tokens.low[tokens.close(close + 3) + 1] != "over":
        return
    fraction = tokens.render(*ranges[0]).strip()
    order, end = _within_group(tokens, close)
    descending = order.lower().endswith(" desc")
    value = order.removesuffix(order[-5:]) if descending else order
    sign = "-" if descending else ""
    tokens.drop(ranges[0][0], close)
    tokens.text[i] = f"pg_catalog.local_aws_{tokens.low[i]}"
    tokens.after(i + 1, f"{value}, {sign}({fraction})")
    name_item(tokens, i, tokens.close(end + 1) + 1, tokens.low[i])


def respect_nulls(tokens: Tokens, i: int) -> None:
    """RESPECT NULLS is what PostgreSQL does anyway."""
    if tokens.low[i + 1] == "nulls":
        tokens.drop(i, i + 2)


def ignore_nulls(tokens: Tokens, i: int) -> None:
    """FIRST_VALUE, LAST_VALUE, LAG, LEAD with IGNORE NULLS, in the parentheses or behind them."""
    if tokens.low[i + 1] != "nulls":
        return
    close = i + 2 if tokens.low[i + 2] == ")" else i - 1
    name = tokens.open(close) - 1
    tokens.drop(i, i + 2)
    over = close + 1 if close > i else i + 2
    if tokens.low[over] != "over" or tokens.low[over + 1] != "(":
        raise UnsupportedError("IGNORE NULLS without OVER (...)")
    word = tokens.low[name]
    if word in ("first_value", "last_value"):
        tokens.text[name] = f"pg_catalog.local_aws_{word}_not_null"
    elif word in ("lag", "lead") and len(tokens.split(name + 2, close)) == 1:
        before = word == "lag"
        tokens.text[name] = f"pg_catalog.local_aws_{'last' if before else 'first'}_value_not_null"
        frame = "UNBOUNDED PRECEDING AND 1 PRECEDING" if before else "1 FOLLOWING AND UNBOUNDED FOLLOWING"
        tokens.before(tokens.close(over + 1), f" ROWS BETWEEN {frame}")
    else:
        raise UnsupportedError(f"{word.upper()} with IGNORE NULLS in this form")
