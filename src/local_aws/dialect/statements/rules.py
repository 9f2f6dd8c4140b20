"""Rules for whole statements, by their first word."""

from collections.abc import Callable

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import UnsupportedError
from local_aws.dialect.statements import alterations, creations, maintenance, settings

Rule = Callable[[Tokens, int, int], None]
_BEGIN_OPTIONS = frozenset(
    "work transaction isolation level serializable read write only committed uncommitted repeatable ,".split()  # noqa: SIM905
)


def apply(tokens: Tokens, start: int, end: int) -> None:
    """Run the rule for the statement at start..end, if there is one."""
    rule = RULES.get(tokens.low[start])
    # In a procedure, a variable may have such a name.
    if rule is not None and tokens.low[start + 1] not in (":=", "="):
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


def _delete(tokens: Tokens, start: int, _end: int) -> None:
    if tokens.low[start + 1] != "from":
        tokens.after(start, " FROM")


def _refuse(tokens: Tokens, start: int, _end: int) -> None:
    raise UnsupportedError(tokens.low[start].upper())


def _drop(tokens: Tokens, start: int, _end: int) -> None:
    if tokens.low[start + 1] in creations.REFUSED:
        raise UnsupportedError(f"DROP {tokens.low[start + 1].upper()}")


def _merge(tokens: Tokens, _start: int, end: int) -> None:
    if tokens.matches(end - 2, "remove", "duplicates"):
        raise UnsupportedError("MERGE ... REMOVE DUPLICATES")


def _grant(tokens: Tokens, start: int, end: int) -> None:
    words = tokens.low[start:end]
    for refused in ("assumerole", "datashare", "model", "masking", "system"):
        if refused in words:
            raise UnsupportedError(f"{words[0].upper()} ... {refused.upper()}")
    for i in range(start, end):
        # TO ROLE name: a role is a role in PostgreSQL without the word.
        if tokens.low[i] == "role" and tokens.low[i - 1] in ("to", "from", ",", "grant", "revoke"):
            tokens.drop(i, i + 1)


def _select(tokens: Tokens, start: int, end: int) -> None:
    """SELECT ... INTO #name makes a temporary table."""
    for i in range(start, end):
        if tokens.low[i] == "into" and tokens.text[i + 1].startswith("#"):
            tokens.after(i, " TEMP")


RULES: dict[str, Rule] = {
    "create": creations.create,
    "alter": alterations.alter,
    "delete": _delete,
    "drop": _drop,
    "merge": _merge,
    "grant": _grant,
    "revoke": _grant,
    "select": _select,
    "with": _select,
    "set": settings.assign,
    "reset": settings.assign,
    "show": settings.show,
    "vacuum": maintenance.vacuum,
    "analyze": maintenance.analyze,
    "analyse": maintenance.analyze,
    **dict.fromkeys(("copy", "unload", "attach", "detach", "desc", "describe", "cancel", "use"), _refuse),
}
