"""Aliases of a select list that are used in the same SELECT: the expression is put in their place."""

import re
from collections.abc import Iterator

from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.dialect.names.asking import Asking
from local_aws.dialect.names.columns import columns_of
from local_aws.dialect.queries.selects import Select, alias_of, selects_around, source_names
from local_aws.dialect.refusals import UnsupportedError

# Twice the expression would be two values.
_VOLATILE = re.compile(
    r"\b(?:random|setseed|timeofday|gen_random_uuid|clock_timestamp|nextval)\s*\(", re.IGNORECASE
)

_BEFORE_NAMES = frozenset(("from", "join", ",", "where", "and"))


def inline(tokens: Tokens, at: int) -> bool:
    """Put the expression in the place of the alias at `at`; tells whether it is one."""
    if not is_name(tokens, at) or "." in (tokens.low[at + 1], tokens.low[at - 1]):
        return False
    name = identifier(tokens.text[at])
    within: list[Select] = []
    for select, position in selects_around(tokens, at):
        if select.clauses.get("from", select.end) < position < select.from_end:
            return False
        found = [item for item in _earlier(tokens, select, position) if item[0] == name]
        if len(found) > 1:
            raise UnsupportedError(f"the alias {name}, which several columns have, in their own SELECT")
        if found:
            text = _as_seen_within(tokens, select, within, *found[0][1:]).strip()
            if _VOLATILE.search(text):
                raise UnsupportedError(f"the alias {name} of a volatile expression in its own SELECT")
            spelt = tokens.text[at]
            _keep_name(tokens, select, at)
            tokens.text[at] = (f"({text}\n)" if "--" in text else f"({text})") + tokens.text[at][len(spelt) :]
            return True
        if tokens.matches(select.start - 2, "as", "("):  # a table of WITH
            return False
        within.append(select)
    return False


def refuse_rows(tokens: Tokens) -> None:
    """Refuse an alias that is also a table of its SELECT: PostgreSQL would take it for the table's whole row."""
    if "as" not in tokens.low:
        return
    named = {tokens.text[i + 1].lower() for i, word in enumerate(tokens.low) if word == "as"}
    if named.isdisjoint(tokens.low[i + 1] for i, word in enumerate(tokens.low) if word in _BEFORE_NAMES):
        return
    for start in [i for i, word in enumerate(tokens.low) if word == "select"]:
        select = Select(tokens, start)
        tables = _tables(select)
        for first, last in select.items():
            name, end = alias_of(tokens, first, last)
            behind = select.first_of("group", "order", "limit")
            uses = (*range(last, select.list_end), *range(select.from_end, behind))
            if name in tables and any(_is_use(tokens, j, name) for j in uses) and end < last:
                raise UnsupportedError(
                    f"the alias {name}, which is also the name of a table, in its own SELECT"
                )


def has_doubtful(tokens: Tokens) -> bool:
    """Whether a subquery in an expression uses an alias of its own."""
    return tokens.low.count("select") > 1 and next(_doubtful(tokens), None) is not None


def refuse_doubtful(tokens: Tokens) -> Asking[None]:
    """Refuse such an alias where no column of the subquery's tables answers to it, but one of a query around does."""
    for select, name in list(_doubtful(tokens)):
        query = f"SELECT * {select.source()}" if select.source() else "SELECT 1"
        if name not in (yield from columns_of(tokens, select.start, query)):
            raise UnsupportedError(
                f"the alias {name}, which is also a column of a query around, in a subquery"
            )


def _doubtful(tokens: Tokens) -> Iterator[tuple[Select, str]]:
    for start in (i for i, word in enumerate(tokens.low) if word == "select" and tokens.low[i - 1] == "("):
        if tokens.low[start - 2] in ("from", "join", ",", "as", "") or not next(
            selects_around(tokens, start - 1), None
        ):
            continue
        select = Select(tokens, start)
        for first, last in select.items():
            name, end = alias_of(tokens, first, last)
            uses = (*range(last, select.list_end), *range(select.from_end, select.first_of("order", "limit")))
            if end < last and any(_is_use(tokens, j, name) for j in uses):
                yield select, name


def _is_use(tokens: Tokens, j: int, name: str) -> bool:
    alone = tokens.low[j + 1] not in (".", "(") and tokens.low[j - 1] not in (".", "as")
    return alone and is_name(tokens, j) and identifier(tokens.text[j]) == name


def _tables(select: Select) -> set[str]:
    """Return the names of the tables in FROM."""
    return {identifier(name) for _, name in select.sources()}


def _as_seen_within(tokens: Tokens, select: Select, within: list[Select], first: int, last: int) -> str:
    """Return an expression of a SELECT, also for a subquery in it, whose own columns must not answer to its names."""
    names = [j for j in range(first, last) if is_name(tokens, j) and tokens.low[j - 1] != "."]
    if within and any(tokens.low[j + 1] != "." for j in names):
        start = select.clauses.get("from", select.end)
        end, table = source_names(tokens, start + 1)
        taken = {name for inner in within for name in _tables(inner)}
        if last > first + 1 or end != select.from_end or identifier(table) in taken:
            raise UnsupportedError("an alias of more than a column in a subquery of its SELECT")
        return f"{table}.{tokens.text[first]}"
    return tokens.render(first, last)


def _earlier(tokens: Tokens, select: Select, position: int) -> list[tuple[str, int, int]]:
    """Alias, start and end of the items that may be used at a position: those before it, or all behind the list."""
    found: list[tuple[str, int, int]] = []
    for first, last in select.items():
        if first <= position < last:
            break
        alias, end = alias_of(tokens, first, last)
        found.append((alias, first, end))
    return found


def _keep_name(tokens: Tokens, select: Select, at: int) -> None:
    """Keep the name of an item that is nothing but the alias, or a cast of it."""
    for first, last in select.items():
        cast = tokens.low[at + 1] == "::" and not alias_of(tokens, first, last)[0]
        if first == at and (last == at + 1 or cast):
            tokens.after(last - 1, f" AS {tokens.text[at]}")
