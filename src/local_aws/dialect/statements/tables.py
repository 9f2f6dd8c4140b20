"""CREATE TABLE: Redshift's attributes are taken out and travel to the catalog as a CHECK constraint.

The constraint calls local_aws_attributes('{...json...}'); an event trigger (compat/) records the JSON for the
catalog views and drops the constraint. So keys are information only, and NOT NULL stays enforced.
"""

import json

from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.dialect.refusals import RedshiftError, refuse_as_redshift
from local_aws.dialect.statements.columns import Attributes, add_constraint, reference, rewrite_column

_ATTRIBUTES = frozenset(("diststyle", "distkey", "sortkey", "compound", "interleaved", "backup", "encode"))
_TEMPORARY = frozenset(("temp", "temporary"))


def create(tokens: Tokens, start: int) -> None:
    """CREATE [TEMP] TABLE name (...), name (LIKE ...) or name [(...)] AS SELECT; anything else is left alone."""
    at = start + 1
    while tokens.low[at] in ("local", "global", *_TEMPORARY):
        at += 1
    if tokens.low[at] != "table":
        return
    name = at + (4 if tokens.matches(at + 1, "if", "not", "exists") else 1)
    if tokens.text[name].startswith(("#", '"#')) and not _TEMPORARY.intersection(tokens.low[start:at]):
        tokens.after(start, " TEMP")
    at = tokens.after_name(name)
    found: Attributes = {}
    close = None
    if tokens.low[at] == "(" and tokens.low[at + 1] not in ("select", "with"):
        close = tokens.close(at)
        if tokens.low[close] != ")":
            return
        _elements(tokens, at + 1, close, identifier(tokens.text[at - 1]), found)
        at = close + 1
    at = attributes(tokens, at, found)
    if "distkey" in found and found.get("diststyle", "key") != "key":
        refuse_as_redshift(f"DISTKEY with DISTSTYLE {str(found['diststyle']).upper()}")
    known = found.pop("columns", ())
    keys = [*found.get("distkey", ()), *(found["sortkey"] if isinstance(found.get("sortkey"), list) else ())]
    if known and "like" not in found and (unknown := [key for key in keys if key not in known]):
        raise RedshiftError(f'column "{unknown[0]}" named in key does not exist')
    if found and close is not None and tokens.low[at] != "as":
        tokens.before(close, f", {check(found)}")


def check(found: Attributes) -> str:
    """Return the constraint that carries attributes to the catalog."""
    return f"CHECK (pg_catalog.local_aws_attributes({quoted(json.dumps(found))}))"


def constraint(tokens: Tokens, first: int, found: Attributes) -> bool:
    """Note the key that begins at first, if it is one."""
    name = identifier(tokens.text[first + 1]) if tokens.low[first] == "constraint" else None
    at = first + 2 if name else first
    columns = at + (1 if tokens.low[at] == "unique" else 2)
    if tokens.low[columns] != "(" or tokens.low[at] not in ("primary", "unique", "foreign"):
        return False
    close = tokens.close(columns)
    references = None
    if tokens.low[close + 1] == "references":
        references = tokens.render(close + 2, reference(tokens, close + 2)).strip()
    add_constraint(found, tokens.low[at][0], names(tokens, columns, close), name, references)
    return True


def names(tokens: Tokens, first: int, last: int) -> list[str]:
    """Return the names between two parentheses."""
    return [identifier(tokens.text[i]) for i in range(first + 1, last) if tokens.low[i] != ","]


def attributes(tokens: Tokens, at: int, found: Attributes) -> int:
    """Take out the table attributes from `at` on; returns where they end."""
    while tokens.low[at] in _ATTRIBUTES:
        stop = _attribute(tokens, at, found)
        tokens.drop(at, stop)
        at = stop
    return at


def _elements(tokens: Tokens, start: int, stop: int, table: str, found: Attributes) -> None:
    if "local_aws_attributes" in tokens.low[start:stop]:
        return
    kept = False
    for first, last in tokens.split(start, stop):
        if constraint(tokens, first, found):
            tokens.drop(first - 1 if kept else first, last)
        else:
            kept = True
            rewrite_column(tokens, first, last, table, found)


def _attribute(tokens: Tokens, at: int, found: Attributes) -> int:
    word = tokens.low[at]
    if word in ("compound", "interleaved"):
        found["sortstyle"] = word
        at, word = at + 1, "sortkey"
    if word in found and word != "encode":
        refuse_as_redshift(f"{word.upper()} twice")
    if tokens.low[at + 1] == "(":
        close = tokens.close(at + 1)
        found[word] = names(tokens, at + 1, close)
        return close + 1
    # ENCODE AUTO and BACKUP YES stand for nothing that the catalog views show.
    if word == "distkey":
        found[word] = [identifier(tokens.text[at + 1])]
    elif word not in ("encode", "backup"):
        found[word] = tokens.low[at + 1]
    return at + 2
