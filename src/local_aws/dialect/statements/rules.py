"""Rules for whole statements, by their first word."""

from collections.abc import Callable

from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.dialect.statements import (
    alterations,
    creations,
    locks,
    maintenance,
    merges,
    settings,
    shows,
    unsupported,
    writes,
)

Rule = Callable[[Tokens, int, int], None]
_BEGIN_OPTIONS = frozenset(
    "work transaction isolation level serializable read write only committed uncommitted repeatable ,".split()  # noqa: SIM905
)


def apply(tokens: Tokens, start: int, end: int) -> None:
    """Run the rule for the statement at start..end, if there is one, unless the statement is refused."""
    # In a procedure, a variable may have such a name; and so may a table, whose name is rewritten alone.
    if tokens.low[start + 1] in (":=", "=", ".") or end == start:
        return
    unsupported.check(tokens, tokens.low[start], start, end)
    if rule := RULES.get(tokens.low[start]):
        rule(tokens, start, end)


def begin(tokens: Tokens, start: int, end: int) -> None:
    """Begin a transaction block: on one snapshot, whichever level is asked for, and marked for procedures to know."""
    first, *options = tokens.low[start:end]
    begins = first == "begin" or (first == "start" and options[:1] == ["transaction"])
    if begins and _BEGIN_OPTIONS.issuperset(options):
        behind = start + (2 if options[:1] in (["transaction"], ["work"]) else 1)
        mode = " READ ONLY" if "only" in options else ""
        tokens.drop(behind, end)
        tokens.after(behind - 1, f" ISOLATION LEVEL REPEATABLE READ{mode} DEFERRABLE")


def _drop(tokens: Tokens, start: int, end: int) -> None:
    kind, force = tokens.low[start + 1], tokens.low[end - 1] == "force"
    if kind == "database" and force:
        tokens.text[end - 1] = "WITH (FORCE)"
    elif kind == "role" and force:
        tokens.drop(end - 1, end)
    elif kind == "role":  # PostgreSQL would drop it whoever has it
        if_exists = tokens.matches(start + 2, "if", "exists")
        name = identifier(tokens.text[start + (4 if if_exists else 2)])
        tokens.drop(start + 1, end)
        tokens.text[start] = f"CALL pg_catalog.local_aws_drop_role({quoted(name)}, {str(if_exists).lower()})"


def _cancel(tokens: Tokens, start: int, end: int) -> None:
    """CANCEL process ['message']."""
    pid = tokens.text[start + 1]
    tokens.drop(start + 1, end)
    tokens.text[start] = f"CALL pg_catalog.local_aws_cancel({pid})"


def _prepare(tokens: Tokens, start: int, end: int) -> None:
    """PREPARE name [(types)] AS statement."""
    if "as" in tokens.low[start:end]:
        apply(tokens, tokens.low.index("as", start) + 1, end)


def _grant(tokens: Tokens, start: int, end: int) -> None:
    for i in range(start, end):
        # TO ROLE name: a role is a role in PostgreSQL without the word.
        if tokens.low[i] == "role" and tokens.low[i - 1] in ("to", "from", ",", "grant", "revoke"):
            tokens.drop(i, i + 1)


def _select(tokens: Tokens, start: int, end: int) -> None:
    """SELECT ... INTO #name makes a temporary table."""
    for i in range(start, end):
        if tokens.low[i] == "into" and tokens.text[i + 1].startswith("#"):
            tokens.after(i, " TEMP")


def _with(tokens: Tokens, start: int, end: int) -> None:
    """WITH name AS (...) { SELECT | UPDATE | DELETE }."""
    _select(tokens, start, end)
    at = locks.behind_queries(tokens, start)
    if tokens.low[at] in ("update", "delete"):
        apply(tokens, at, end)


def _refresh(tokens: Tokens, _start: int, end: int) -> None:
    """REFRESH MATERIALIZED VIEW name [RESTRICT | CASCADE]."""
    if tokens.low[end - 1] == "restrict":
        tokens.drop(end - 1, end)


RULES: dict[str, Rule] = {
    "refresh": _refresh,
    "create": creations.create,
    "alter": alterations.alter,
    "delete": writes.delete,
    "insert": writes.insert,
    "drop": _drop,
    "merge": merges.merge,
    "prepare": _prepare,
    "cancel": _cancel,
    "grant": _grant,
    "revoke": _grant,
    "select": _select,
    "with": _with,
    "set": settings.assign,
    "reset": settings.assign,
    "show": shows.show,
    "vacuum": maintenance.vacuum,
    "analyze": maintenance.analyze,
    "analyse": maintenance.analyze,
}
