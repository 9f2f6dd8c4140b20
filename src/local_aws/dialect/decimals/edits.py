"""Puts the scale of each division into its statement: trunc(a / (b + 0.00), scale)::numeric(precision, scale)."""

from collections.abc import Mapping

from local_aws.dialect import vocabulary
from local_aws.dialect.decimals.shapes import Shape
from local_aws.dialect.lexing.tokens import STRING, Tokens, is_name
from local_aws.dialect.queries.naming import name_item

_FACTORS = ("*", "/", "%", "^")
_NO_FUNCTION = vocabulary.words("no_calls")


def apply(tokens: Tokens, known: Mapping[int, Shape]) -> None:
    """Edit the divisions at these tokens, from left to right, so that the first is inside the second."""
    for i in sorted(known):
        start, end = _left(tokens, i - 1), _right(tokens, i + 1)
        precision, scale = known[i]
        tokens.before(start, "trunc(")
        # PostgreSQL rounds to the larger scale of the two, which is to be beyond what is cut off.
        tokens.before(i + 1, "(")
        tokens.after(end - 1, f" + 0.{'0' * (scale + 2)}), {scale})::numeric({precision}, {scale})")
        name_item(tokens, start, end, '"?column?"')


def _right(tokens: Tokens, i: int) -> int:
    """Where the operand that begins at i ends."""
    while tokens.low[i] in ("-", "+"):
        i += 1
    if tokens.low[i] == "case":
        i = _other_end(tokens, i, 1) + 1
    elif tokens.low[i] == "(":
        i = tokens.close(i) + 1
    else:
        i = tokens.after_name(i)
    while tokens.low[i] in ("(", "over", "::", "^"):
        if tokens.low[i] == "(":
            i = tokens.close(i) + 1
        elif tokens.low[i] == "^":
            return _right(tokens, i + 1)
        else:
            i += 2 if tokens.low[i + 1] != "(" else 1
    return i


def _other_end(tokens: Tokens, i: int, step: int) -> int:
    """Where the CASE that begins at i ends, or, with a step of -1, where the one that ends at i begins."""
    depth = 0
    for j in range(i, tokens.end if step > 0 else -1, step):
        depth += (tokens.low[j] == "case") - (tokens.low[j] == "end")
        if depth == 0:
            return j
    return i


def _left(tokens: Tokens, j: int) -> int:
    """Where the product that ends at j begins."""
    start = _primary(tokens, j)
    before = tokens.low[start - 1]
    if before in ("-", "+") and not _is_operand(tokens, start - 2):
        start -= 1
        before = tokens.low[start - 1]
    return _left(tokens, start - 2) if before in _FACTORS else start


def _primary(tokens: Tokens, j: int) -> int:
    if tokens.low[j] == "end":
        return _other_end(tokens, j, -1)
    if tokens.low[j] == ")":
        first = tokens.open(j)
        before = tokens.low[first - 1]
        if before == "over":
            return _primary(tokens, first - 2)
        if not (first and is_name(tokens, first - 1)) or before in _NO_FUNCTION:
            return first
        j = first - 1
    elif j and tokens.low[j - 1] == "over":
        return _primary(tokens, j - 2)
    if j and tokens.low[j - 1] == "::":
        return _primary(tokens, j - 2)
    while j > 1 and tokens.low[j - 1] == ".":
        j -= 2
    return j


def _is_operand(tokens: Tokens, i: int) -> bool:
    word = tokens.low[i]
    named = is_name(tokens, i) and word not in _NO_FUNCTION
    return named or word in (")", STRING, "end") or word[:1].isdigit()
