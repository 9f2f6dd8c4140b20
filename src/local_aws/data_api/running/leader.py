"""Tells which statements Redshift's leader node runs alone: those have no query id of the compute nodes."""

import re

_OPAQUE = re.compile(r"'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_FIRST_WORD = re.compile(r"[\s(]*(\w+)")
_COMPUTE = frozenset(
    {"insert", "update", "delete", "merge", "copy", "unload", "call", "truncate", "vacuum", "analyze"}
)
_QUERIES = frozenset({"select", "with"})
_CREATE_AS = re.compile(r"\btable\b.*\bas\s*\(?\s*(?:select|with)\b", re.IGNORECASE | re.DOTALL)
_NAMED = re.compile(r'([\w"]+)\s+as\s*\(', re.IGNORECASE)
_READ = re.compile(r'\b(?:from|join|into)\s+([\w"#]+)', re.IGNORECASE)
_CATALOGUE = ("pg_", "information_schema")


def is_leader_only(sql: str) -> bool:
    """Tell whether a statement reads and writes nothing but the catalogue and settings."""
    text = _OPAQUE.sub(" ", sql)
    found = _FIRST_WORD.match(text)
    word = found[1].lower() if found else ""
    if word in _QUERIES:
        named = {name.lower() for name in _NAMED.findall(text)}
        read = {name.strip('"').lower() for name in _READ.findall(text)}
        return all(name.startswith(_CATALOGUE) for name in read - named)
    return word not in _COMPUTE and not (word == "create" and _CREATE_AS.search(text))
