"""What PL/pgSQL has by now and Redshift's does not."""

from collections.abc import Iterable

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.procedures.plpgsql import Leaf
from local_aws.dialect.statements import unsupported

_BEFORE_STATEMENT = (";", "begin", "loop", "then", "else", ">")


def check(tokens: Tokens, leaves: Iterable[Leaf]) -> None:
    """Refuse statements of a body; the parts that are no statements are looked at as words."""
    words = set(tokens.low)
    if any(word.startswith("local_aws_") for word in words):
        return  # rewritten already
    if words & {"foreach", "strict"}:
        for i, word in enumerate(tokens.low):
            begins = word == "foreach" and tokens.low[i - 1] in _BEFORE_STATEMENT
            if begins or (word == "strict" and tokens.low[i - 1] == "into"):
                unsupported.syntax_error(tokens, i)
    for leaf in leaves:
        unsupported.check(tokens, "leaf", leaf.start, leaf.end)
