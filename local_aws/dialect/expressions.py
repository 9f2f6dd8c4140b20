"""Rules for expressions: functions with a syntax of their own, literals, types in casts, #temporary names."""

from collections.abc import Callable

from local_aws.dialect.literals import escaped
from local_aws.dialect.tokens import STRING, Tokens

Rule = Callable[[Tokens, int], None]


def apply(tokens: Tokens) -> None:
    """Run the rules from right to left, so that an inner call is done before the one around it copies it."""
    for i in range(len(tokens.low) - 1, -1, -1):
        rule = RULES.get(tokens.low[i])
        if rule is not None:
            rule(tokens, i)
        elif tokens.low[i][:1] == "#" and len(tokens.low[i]) > 1:
            _temporary_name(tokens, i)


def arguments(tokens: Tokens, i: int) -> list[tuple[int, int]]:
    """The arguments of the call whose name is at i; empty when it is not a call."""
    if tokens.low[i + 1] != "(" or tokens.low[i - 1] == ".":
        return []
    return tokens.split(i + 2, tokens.close(i + 1))


def _string(tokens: Tokens, i: int) -> None:
    tokens.text[i] = escaped(tokens.text[i])


def _sysdate(tokens: Tokens, i: int) -> None:
    if tokens.low[i + 1] != "(" and tokens.low[i - 1] not in (".", "as"):
        tokens.after(i, "()")


def _date_part_word(tokens: Tokens, i: int) -> None:
    """DATEADD(day, ...): the bare word becomes a literal."""
    ranges = arguments(tokens, i)
    if len(ranges) > 1 and ranges[0][1] - ranges[0][0] == 1:
        first = ranges[0][0]
        if tokens.text[first].isidentifier():
            tokens.text[first] = f"'{tokens.text[first]}'"


def _nvl(tokens: Tokens, i: int) -> None:
    if arguments(tokens, i):
        tokens.text[i] = "coalesce"


def _nvl2(tokens: Tokens, i: int) -> None:
    ranges = arguments(tokens, i)
    if len(ranges) != 3:
        return
    tokens.text[i] = "CASE WHEN "
    tokens.after(ranges[0][1] - 1, ") IS NOT NULL THEN (")
    tokens.drop(ranges[0][1], ranges[0][1] + 1)
    tokens.after(ranges[1][1] - 1, ") ELSE (")
    tokens.drop(ranges[1][1], ranges[1][1] + 1)
    tokens.after(ranges[2][1], " END")


def _decode(tokens: Tokens, i: int) -> None:
    ranges = arguments(tokens, i)
    if len(ranges) < 3:
        return
    subject, *rest = (tokens.render(*r).strip() for r in ranges)
    pairs = len(rest) // 2
    case = "".join(
        f" WHEN ({subject}) IS NOT DISTINCT FROM ({rest[2 * n]}) THEN {rest[2 * n + 1]}" for n in range(pairs)
    )
    default = f" ELSE {rest[-1]}" if len(rest) % 2 else ""
    tokens.drop(i + 1, ranges[-1][1] + 1)
    tokens.text[i] = f"CASE{case}{default} END"


_NAME_MAY_FOLLOW = frozenset(
    ["from", "join", "into", "table", "update", "using", "exists", "truncate", "analyze", "vacuum", "like", "only", "select", "on", "and", "or", "where", "by", "as"]
)


def _temporary_name(tokens: Tokens, i: int) -> None:
    """#name is a temporary table, unless it follows an operand: then # is the bitwise operator."""
    before = tokens.low[i - 1] if i else ""
    if before in _NAME_MAY_FOLLOW or not (
        before.isidentifier() or before[:1].isdigit() or before in (")", STRING)
    ):
        tokens.text[i] = f'"{tokens.text[i].lower()}"'


RULES: dict[str, Rule] = {
    STRING: _string,
    "sysdate": _sysdate,
    "nvl": _nvl,
    "nvl2": _nvl2,
    "decode": _decode,
    **dict.fromkeys(
        ("dateadd", "datediff", "date_add", "date_diff", "date_part", "datepart", "date_trunc"),
        _date_part_word,
    ),
}
