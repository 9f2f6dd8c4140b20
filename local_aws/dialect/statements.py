"""Rules for whole statements, by their first word."""

from collections.abc import Callable

from local_aws.dialect import tables
from local_aws.dialect.tokens import Tokens

Rule = Callable[[Tokens, int, int], None]


def apply(tokens: Tokens, start: int, end: int) -> None:
    """Run the rule for the statement at start..end, if there is one."""
    rule = RULES.get(tokens.low[start])
    if rule is not None:
        rule(tokens, start, end)


def _delete(tokens: Tokens, start: int, end: int) -> None:
    if tokens.low[start + 1] != "from":
        tokens.after(start, " FROM")


RULES: dict[str, Rule] = {"create": tables.create, "delete": _delete}
