"""Users, groups and roles: kinds of their own on Redshift, all of them roles on PostgreSQL."""

import re

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens, identifier

# GROUP or ROLE and USER, and what the statement takes a name for.
Principal = tuple[str, str]
_PLACES: dict[str, list[str]] = vocabulary.table("names/principals")
_ANYBODY = ("public", "current_user", "session_user")


def principals(sql: str) -> list[Principal]:
    """Return the kind and the name of each that has to be there for the statement; none that it drops IF EXISTS."""
    tokens = Tokens(sql)
    found = [named for at, kind in _places(tokens) for named in _listed(tokens, at, kind)]
    return [(kind, name) for kind, name in found if name not in _ANYBODY]


def _places(tokens: Tokens) -> list[tuple[int, str]]:
    """Where names begin, with the kind of those that have no word before them."""
    words = " ".join([*tokens.low[: tokens.end], ""])
    found = [
        (words.count(" ", 0, place.end()), kind)
        for kind, patterns in _PLACES.items()
        for pattern in patterns
        for place in re.finditer(pattern, words)
    ]
    return sorted(found)


def _listed(tokens: Tokens, at: int, kind: str) -> list[Principal]:
    """[GROUP | ROLE] name [, ...]."""
    found = []
    while True:
        has_word = tokens.low[at] in ("group", "role")
        name = tokens.text[at + has_word]
        found.append((tokens.low[at] if has_word else kind, identifier(name)))
        at += 1 + has_word
        if tokens.low[at] != ",":
            return found
        at += 1
