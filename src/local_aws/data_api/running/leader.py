"""Tells which statements Redshift's leader node runs alone: those have no query id of the compute nodes."""

from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name

_COMPUTE = frozenset(
    {"insert", "update", "delete", "merge", "copy", "unload", "call", "truncate", "vacuum", "analyze"}
)
_CATALOGUE = ("pg_", "information_schema")


def is_leader_only(sql: str) -> bool:
    """Tell whether a statement reads and writes nothing but the catalogue and settings."""
    tokens = Tokens(sql)
    low = tokens.low
    word = next((word for word in low if word != "("), "")
    places = range(tokens.end)
    if word in ("select", "with"):
        named = {identifier(tokens.text[i]) for i in places if tokens.matches(i + 1, "as", "(")}
        read = {
            identifier(tokens.text[i + 1])
            for i in places
            if low[i] in ("from", "join", "into") and (is_name(tokens, i + 1) or low[i + 1] == "#")
        }
        return all(name.startswith(_CATALOGUE) for name in read - named)
    made = low[1:5] if word == "create" else []
    makes_rows = ("table" in made or "materialized" in made) and any(
        low[i] == "as" and low[i + 1] in ("select", "with", "(") for i in places
    )
    return word not in _COMPUTE and not makes_rows
