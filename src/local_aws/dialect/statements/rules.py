"""Rules for whole statements, by their first word."""

from collections.abc import Callable

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.dialect.refusals import RedshiftError
from local_aws.dialect.statements import alterations, creations, locks, merges, settings, shows, unsupported

Rule = Callable[[Tokens, int, int], None]
_SPELLINGS = {
    kind: [(words.split(), text) for words, text in spellings.items()]
    for kinds, spellings in vocabulary.table("statements/spellings").items()
    for kind in kinds.split(", ")
}
_BEGIN_OPTIONS = frozenset(
    "work transaction isolation level serializable read write only committed uncommitted repeatable ,".split()  # noqa: SIM905
)


def apply(tokens: Tokens, start: int, end: int) -> None:
    """Run the rule for the statement at start..end, if there is one, unless the statement is refused."""
    # In a procedure, a variable may have such a name; and so may a table, whose name is rewritten alone.
    if tokens.low[start + 1] in (":=", "=", ".") or end == start:
        return
    unsupported.check(tokens, tokens.low[start], start, end)
    _spell(tokens, start, end)
    if rule := RULES.get(tokens.low[start]):
        rule(tokens, start, end)


def _spell(tokens: Tokens, start: int, end: int) -> None:
    """Spell the options of the statement at start..end for PostgreSQL."""
    second = start + (3 if tokens.matches(start + 1, "or", "replace") else 1)
    for kind in (tokens.low[start], f"{tokens.low[start]} {tokens.low[second]}"):
        for words, text in _SPELLINGS.get(kind, ()):
            for i in range(start, end - len(words) + 1):
                found = tokens.low[i : i + len(words)]
                if all(word in (low, "*") for word, low in zip(words, found, strict=True)):
                    tokens.put(i, i + len(words), text)


def begin(tokens: Tokens, start: int, end: int) -> None:
    """Begin a transaction block: on one snapshot, whichever level is asked for, and marked for procedures to know."""
    first, *options = tokens.low[start:end]
    begins = first == "begin" or (first == "start" and options[:1] == ["transaction"])
    if begins and _BEGIN_OPTIONS.issuperset(options):
        behind = start + (2 if options[:1] in (["transaction"], ["work"]) else 1)
        mode = " READ ONLY" if "only" in options else ""
        tokens.drop(behind, end)
        tokens.after(behind - 1, f" ISOLATION LEVEL REPEATABLE READ{mode} DEFERRABLE")


def _insert(tokens: Tokens, start: int, end: int) -> None:
    """INSERT INTO name [(columns)] { VALUES ... | DEFAULT VALUES | query }."""
    i = tokens.after_name(start + 2)
    first = tokens.close(i) + 1 if tokens.low[i] == "(" else i
    more_rows = tokens.low[first] == "values" and tokens.close(first + 1) + 1 < end
    if more_rows and "select" in tokens.low[first:end]:
        raise RedshiftError("can't use subqueries in multi-row VALUES")


def _delete(tokens: Tokens, start: int, _end: int) -> None:
    """DELETE [FROM] name [USING ...] [WHERE ...]."""
    if tokens.low[start + 1] != "from":
        tokens.after(start, " FROM")


def _drop(tokens: Tokens, start: int, end: int) -> None:
    kind, force = tokens.low[start + 1], tokens.low[end - 1] == "force"
    if kind == "role" and force:
        tokens.drop(end - 1, end)
    elif kind == "role":  # PostgreSQL would drop it whoever has it
        if_exists = tokens.matches(start + 2, "if", "exists")
        name = identifier(tokens.text[start + (4 if if_exists else 2)])
        call = f"CALL pg_catalog.local_aws_drop_role({quoted(name)}, {str(if_exists).lower()})"
        tokens.put(start, end, call)


def _cancel(tokens: Tokens, start: int, end: int) -> None:
    """CANCEL process ['message']."""
    tokens.put(start, end, f"CALL pg_catalog.local_aws_cancel({tokens.text[start + 1]})")


def _prepare(tokens: Tokens, start: int, end: int) -> None:
    """PREPARE name [(types)] AS statement."""
    if "as" in tokens.low[start:end]:
        apply(tokens, tokens.low.index("as", start) + 1, end)


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


RULES: dict[str, Rule] = {
    "create": creations.create,
    "alter": alterations.alter,
    "delete": _delete,
    "insert": _insert,
    "drop": _drop,
    "merge": merges.merge,
    "prepare": _prepare,
    "cancel": _cancel,
    "select": _select,
    "with": _with,
    "set": settings.assign,
    "reset": settings.assign,
    "show": shows.show,
}
