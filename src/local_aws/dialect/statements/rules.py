"""Rules for whole statements, by their first word."""

from collections.abc import Callable

from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import STRING, Tokens, identifier
from local_aws.dialect.refusals import UnsupportedError
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

_REFUSED_OF_GRANT = frozenset(("assumerole", "datashare", "model", "masking", "system", "rls"))
_REFUSED_BEFORE = frozenset(
    (("account", STRING), ("iam_role", STRING), ("external", "table"), ("external", "schema"))
)


def apply(tokens: Tokens, start: int, end: int) -> None:
    """Run the rule for the statement at start..end, if there is one."""
    rule = RULES.get(tokens.low[start])
    # In a procedure, a variable may have such a name; and so may a table, whose name is rewritten alone.
    if rule is not None and tokens.low[start + 1] not in (":=", "=", ".") and end > start:
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
    unsupported.definition(tokens, start, end, start + 1)
    kind, force = tokens.low[start + 1], tokens.low[end - 1] == "force"
    unsupported.of_provider(tokens, start, end)
    if any(tokens.matches(i, "drop", "external", "database") for i in range(start + 1, end)):
        raise UnsupportedError("DROP EXTERNAL DATABASE")
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
    if tokens.low[start + 1] == "transaction":
        unsupported.taken_out(tokens, start, end)
    if "as" in tokens.low[start:end]:
        apply(tokens, tokens.low.index("as", start) + 1, end)


def _grant(tokens: Tokens, start: int, end: int) -> None:
    words = tokens.low[start:end]
    verb, privileges = words[0].upper(), words[1 : words.index("on")] if "on" in words else words[1:]
    unsupported.of_provider(tokens, start, end)
    for word, behind in zip(words, tokens.low[start + 1 : end + 1], strict=True):
        # A table may be called account, or external.
        if word in _REFUSED_OF_GRANT or (word, behind) in _REFUSED_BEFORE:
            raise UnsupportedError(f"{verb} ... {word.upper()}")
    if "for" in privileges[3:] or ("for" in privileges[:3] and privileges[:3] != ["grant", "option", "for"]):
        raise UnsupportedError(f"{verb} ... FOR: privileges of a scope")
    if (
        "on" not in words
        and "," not in words
        and words[2:3] not in (["to"], ["from"], ["."])
        and "role" not in words[1:2]
    ):
        raise UnsupportedError(f"{verb} of system privileges")
    for refused in ("drop", "alter"):
        if refused in privileges:
            raise UnsupportedError(f"the privilege {refused.upper()}")
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


def _refresh(tokens: Tokens, start: int, end: int) -> None:
    """REFRESH MATERIALIZED VIEW name [RESTRICT | CASCADE]."""
    behind = tokens.after_name(start + 3)
    if tokens.low[behind] == "cascade":
        raise UnsupportedError("REFRESH MATERIALIZED VIEW ... CASCADE")
    if tokens.low[behind] == "restrict":
        tokens.drop(behind, end)
    elif behind < end:
        unsupported.syntax_error(tokens, behind)


RULES: dict[str, Rule] = {
    "refresh": _refresh,
    "create": creations.create,
    "alter": alterations.alter,
    "delete": writes.delete,
    "insert": writes.insert,
    "update": writes.update,
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
    **unsupported.FIRST_WORDS,
}
