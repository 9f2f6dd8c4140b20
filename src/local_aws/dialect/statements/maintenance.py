"""VACUUM and ANALYZE: one storage engine's upkeep is not another's, so only the table's name stays."""

from local_aws.dialect.lexing.tokens import Tokens

_VACUUM = frozenset(("full", "sort", "delete", "only", "reindex", "recluster"))


def vacuum(tokens: Tokens, start: int, end: int) -> None:
    """VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX | RECLUSTER] [table] [TO n PERCENT] [BOOST]."""
    at = start + 1
    while tokens.low[at] in _VACUUM:
        at += 1
    tokens.drop(start + 1, at)
    if at < end:
        tokens.drop(tokens.after_name(at), end)


def analyze(tokens: Tokens, _start: int, end: int) -> None:
    """ANALYZE [VERBOSE] [table [(columns)]] [PREDICATE COLUMNS | ALL COLUMNS]."""
    if tokens.low[end - 1] == "columns":
        tokens.drop(end - 2, end)
