"""Redshift's write locks: whoever writes to a table first makes the others wait until its transaction ends."""

from local_aws.dialect.lexing.tokens import Tokens, is_name

MODE = "SHARE ROW EXCLUSIVE"  # against itself and every writer, but not against readers
_OF = ("share", "row", "exclusive", "mode", ";")


def written_table(tokens: Tokens, start: int) -> str | None:
    """Return the table, as it is spelt, that the statement at start writes to; None for any other and for #tables."""
    at = _target(tokens, start)
    # Nobody else can write to a temporary table.
    if at is None or not is_name(tokens, at) or tokens.text[at].startswith('"#'):
        return None
    return tokens.render(at, tokens.after_name(at)).strip()


def lock_statement(table: str) -> str:
    """Return the statement that takes the lock, to the end of the transaction."""
    return f"LOCK TABLE {table} IN {MODE} MODE"


def lock_first(tokens: Tokens, start: int) -> None:
    """Put the lock in front of the statement at start, unless it is there already."""
    table = written_table(tokens, start)
    if table is not None and not (start >= len(_OF) and tokens.matches(start - len(_OF), *_OF)):
        tokens.before(start, lock_statement(table) + "; ")


def behind_queries(tokens: Tokens, start: int) -> int:
    """Where the statement behind WITH name AS (...), ... begins."""
    at = start + 1
    while tokens.low[at] and tokens.low[at] not in ("insert", "update", "delete", "select", ";"):
        at = tokens.close(at) + 1 if tokens.low[at] == "(" else at + 1
    return at


def _target(tokens: Tokens, start: int) -> int | None:
    if tokens.low[start] == "with":
        start = behind_queries(tokens, start)
    word, second = tokens.low[start], tokens.low[start + 1]
    if word in ("insert", "merge"):
        return start + 2 if second == "into" else None
    between = {"delete": "from", "update": "only"}
    return start + 1 + (second == between[word]) if word in between else None
