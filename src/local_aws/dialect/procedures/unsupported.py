"""What PL/pgSQL has by now and Redshift's does not."""

from collections.abc import Iterable

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.procedures.plpgsql import Leaf
from local_aws.dialect.refusals import refuse_as_redshift
from local_aws.dialect.statements.unsupported import syntax_error

_NOT_INSIDE = (("create", "database"), ("drop", "database"), ("prepare",), ("alter", "table", "append"))

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
                syntax_error(tokens, i)
    for leaf in leaves:
        _check_leaf(tokens, leaf)


def _check_leaf(tokens: Tokens, leaf: Leaf) -> None:
    words = tokens.low[leaf.start : leaf.end]
    for refused in _NOT_INSIDE:
        if words[: len(refused)] == list(refused):
            refuse_as_redshift(f"{' '.join(refused).upper()} in a procedure")
    if words[:1] == ["assert"] and words[1:2] not in ([":="], ["="]):
        syntax_error(tokens, leaf.start)
    if words[:2] in (["return", "next"], ["return", "query"], ["get", "stacked"]):
        syntax_error(tokens, leaf.start + 1)
    if words[:1] == ["raise"] and "using" in words:
        syntax_error(tokens, leaf.start + words.index("using"))
