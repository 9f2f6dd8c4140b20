"""Users, groups and roles: kinds of their own on Redshift, all of them roles on PostgreSQL."""

from local_aws.dialect.lexing.tokens import Tokens, identifier

# GROUP or ROLE and USER, and what the statement takes a name for.
Principal = tuple[str, str]
_KINDS = ("user", "group", "role")
_ANYBODY = ("public", "current_user", "session_user")


def principals(sql: str) -> list[Principal]:
    """Return the kind and the name of each that has to be there for the statement; none that it drops IF EXISTS."""
    tokens = Tokens(sql)
    found = [named for at, kind in _places(tokens) for named in _listed(tokens, at, kind)]
    return [(kind, name) for kind, name in found if name not in _ANYBODY]


def _places(tokens: Tokens) -> list[tuple[int, str]]:
    """Where names begin, with the kind of those that have no word before them."""
    low, first, second = tokens.low[: tokens.end], tokens.low[0], tokens.low[1]
    places = []
    if first in ("grant", "revoke") or tokens.matches(0, "alter", "default", "privileges"):
        if second == "role":
            places.append((1, "role"))
        if tokens.matches(3, "for", "user"):
            places.append((5, "user"))
        places += [(i + 1, "user") for i in range(len(low)) if low[i] in ("to", "from")][-1:]
    elif first in ("alter", "drop") and second in _KINDS and low[2:4] != ["if", "exists"]:
        places.append((2, second))
        if second == "group" and low[3:4] in (["add"], ["drop"]):
            places.append((5, "user"))
    elif first == "create" and second in ("user", "group"):
        wanted = ("in", "group") if second == "user" else ("user",)
        places += [(i + len(wanted), wanted[-1]) for i in range(3, len(low)) if tokens.matches(i, *wanted)]
    if first in ("alter", "create"):
        places += [(i + 2, "user") for i in range(2, len(low)) if tokens.matches(i, "owner", "to")]
    if first == "create" and second == "schema" and "authorization" in low:
        places.append((low.index("authorization") + 1, "user"))
    return places


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
