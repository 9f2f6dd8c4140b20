"""CREATE TABLE: Redshift's attributes are taken out and travel to the catalog as a CHECK constraint.

The constraint calls local_aws_attributes('{...json...}'); an event trigger (compat/) records the JSON for the
catalog views and drops the constraint. So keys stay informational, and dynamic SQL needs nothing else.
"""

import json
from typing import Any

from local_aws.dialect.columns import rewrite_column
from local_aws.dialect.literals import quoted
from local_aws.dialect.tokens import Tokens

_ATTRIBUTES = frozenset(("diststyle", "distkey", "sortkey", "compound", "interleaved", "backup", "encode"))


def create(tokens: Tokens, start: int, end: int) -> None:
    """CREATE [TEMP] TABLE ... (...) or AS SELECT; anything else is left alone."""
    at = start + 1
    while tokens.low[at] in ("local", "global", "temp", "temporary"):
        at += 1
    if tokens.low[at] != "table":
        return
    at += 4 if tokens.matches(at + 1, "if", "not", "exists") else 1
    if tokens.text[at].startswith("#") and at <= start + 5 and "temp" not in tokens.low[start:at]:
        tokens.after(start, " TEMP")
    while tokens.low[at + 1] == ".":
        at += 2
    at += 1
    found: dict[str, Any] = {}
    close = None
    if tokens.low[at] == "(":
        close = tokens.close(at)
        rewrite_elements(tokens, at + 1, close, found)
        at = close + 1
    at = _table_attributes(tokens, at, end, found)
    if found and close is not None and tokens.low[at] != "as":
        tokens.before(close, f", CHECK (pg_catalog.local_aws_attributes({quoted(json.dumps(found))}))")


def rewrite_elements(tokens: Tokens, start: int, stop: int, found: dict[str, Any]) -> None:
    """Columns and table constraints between the parentheses."""
    kept = 0
    for first, last in tokens.split(start, stop):
        if _constraint(tokens, first, last, found):
            tokens.drop(first - 1 if kept else first, last)
        else:
            kept += 1
            rewrite_column(tokens, first, last, found)


def _constraint(tokens: Tokens, first: int, last: int, found: dict[str, Any]) -> bool:
    at = first + 2 if tokens.low[first] == "constraint" else first
    words = tokens.low[at:last]
    if words[:2] == ["primary", "key"] or words[:1] == ["unique"] or words[:2] == ["foreign", "key"]:
        found.setdefault("constraints", []).append(tokens.render(first, last).strip())
        return True
    return False


def _table_attributes(tokens: Tokens, at: int, end: int, found: dict[str, Any]) -> int:
    while at < end and tokens.low[at] in _ATTRIBUTES:
        stop = _one(tokens, at, found)
        tokens.drop(at, stop)
        at = stop
    return at


def _one(tokens: Tokens, at: int, found: dict[str, Any]) -> int:
    word = tokens.low[at]
    if word in ("compound", "interleaved"):
        found["sortstyle"] = word
        at, word = at + 1, "sortkey"
    if tokens.low[at + 1] == "(":
        close = tokens.close(at + 1)
        columns = [identifier(tokens.text[i]) for i in range(at + 2, close) if tokens.low[i] != ","]
        found[word] = columns
        return close + 1
    found[word] = tokens.low[at + 1]
    return at + 2


def identifier(text: str) -> str:
    """The name that an identifier, quoted or not, stands for."""
    return text[1:-1].replace('""', '"') if text[:1] == '"' else text.lower()
