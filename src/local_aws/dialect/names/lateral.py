"""Aliases of a select list that are used in the same SELECT: the expression is put in their place."""

import re

from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.dialect.queries.selects import Select, alias_of, selects_around
from local_aws.dialect.refusals import UnsupportedError

# Twice the expression would be two values.
_VOLATILE = re.compile(r"\b(?:random|setseed|timeofday|gen_random_uuid|clock_timestamp|nextval)\s*\(", re.IGNORECASE)


def inline(tokens: Tokens, at: int) -> bool:
    """Put the expression in the place of the alias at `at`; tells whether it is one."""
    if not is_name(tokens, at) or "." in (tokens.low[at + 1], tokens.low[at - 1]):
        return False
    name = identifier(tokens.text[at])
    for select, position in selects_around(tokens, at):
        found = [item for item in _earlier(tokens, select, position) if item[0] == name]
        if len(found) > 1:
            raise UnsupportedError(f"the alias {name}, which several columns have, in their own SELECT")
        if found:
            text = tokens.render(*found[0][1:]).strip()
            if _VOLATILE.search(text):
                raise UnsupportedError(f"the alias {name} of a volatile expression in its own SELECT")
            spelt = tokens.text[at]
            _keep_name(tokens, select, at)
            tokens.text[at] = (f"({text}\n)" if "--" in text else f"({text})") + tokens.text[at][len(spelt) :]
            return True
        if _is_table(tokens, select):
            return False
    return False


def _earlier(tokens: Tokens, select: Select, position: int) -> list[tuple[str, int, int]]:
    """Alias, start and end of the items that may be used at a position: those before it, or all behind the list."""
    found: list[tuple[str, int, int]] = []
    if select.clauses.get("from", select.end) < position < select.from_end:
        return found
    for first, last in select.items():
        if first <= position < last:
            break
        alias, end = alias_of(tokens, first, last)
        found.append((alias, first, end))
    return found


def _keep_name(tokens: Tokens, select: Select, at: int) -> None:
    """An item that is nothing but the alias, or a cast of it, goes on being called so."""
    for first, last in select.items():
        cast = tokens.low[at + 1] == "::" and not alias_of(tokens, first, last)[0]
        if first == at and (last == at + 1 or cast):
            tokens.after(last - 1, f" AS {tokens.text[at]}")


def _is_table(tokens: Tokens, select: Select) -> bool:
    """Whether the SELECT is a table of another, in which no alias of that other is known."""
    before = select.start - 1
    while before > 0 and tokens.low[before] == "(":
        before -= 1
    return before >= 0 and tokens.low[before] in ("from", "join", ",", "as")
