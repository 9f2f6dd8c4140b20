"""One column of CREATE TABLE or ADD COLUMN: its default width, and the attributes that PostgreSQL lacks."""

from typing import Any

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.dialect.refusals import RedshiftError, refuse_as_redshift
from local_aws.dialect.statements import types
from local_aws.dialect.statements.unsupported import check, syntax_error

Attributes = dict[str, Any]
_FAMILIES = vocabulary.meanings("families")
_ENCODINGS = vocabulary.meanings("encodings")


def rewrite_column(tokens: Tokens, first: int, last: int, table: str, found: Attributes) -> None:
    """Rewrite the table's column at first..last in place, and note what was taken out in `found`."""
    check(tokens, "column", first, last)
    if tokens.low[first] == "like":
        found["like"] = tokens.render(first + 1, last).strip().split()[0]
        return
    if last - first < 2:
        return
    name = identifier(tokens.text[first])
    at = types.in_column(tokens, first + 1, f"{table}.{name}")
    while at < last:
        at = _attribute(tokens, at, name, found)
    found.setdefault("columns", []).append(name)
    encoding = found.get("encode", {}).get(name)
    excluded = _ENCODINGS.get(encoding, "").split()
    unknown = encoding is not None and encoding not in _ENCODINGS
    if unknown or _FAMILIES.get(tokens.low[first + 1]) in excluded:
        raise RedshiftError(f'invalid encoding type specified for column "{name}"')


def add_constraint(
    found: Attributes, kind: str, columns: list[str], name: str | None = None, references: str | None = None
) -> None:
    """Note a key: kind is PostgreSQL's letter (p, u, f)."""
    key = {"type": kind, "columns": columns, "name": name, "references": references}
    found.setdefault("constraints", []).append({k: v for k, v in key.items() if v is not None})


def reference(tokens: Tokens, at: int) -> int:
    """Where the [schema.]table [(columns)] at `at` ends."""
    stop = tokens.after_name(at)
    return tokens.close(stop) + 1 if tokens.low[stop] == "(" else stop


def _attribute(tokens: Tokens, at: int, name: str, found: Attributes) -> int:
    word = tokens.low[at]
    stop = at + 1
    if word == "encode":
        stop = at + 2
        found.setdefault("encode", {})[name] = tokens.low[at + 1]
    elif word in ("distkey", "sortkey"):
        if word in found:
            refuse_as_redshift(f"{word.upper()} on two columns")
        found[word] = [name]
    elif tokens.matches(at, "primary", "key"):
        stop = at + 2
        add_constraint(found, "p", [name])
    elif word == "unique":
        add_constraint(found, "u", [name])
    elif word == "references":
        stop = reference(tokens, at + 1)
        add_constraint(found, "f", [name], references=tokens.render(at + 1, stop).strip())
    elif word == "collate":
        stop = at + 2
    elif tokens.matches(at, "generated", "always", "as") and not tokens.matches(
        at + 3, "identity", "(", "start"
    ):
        syntax_error(tokens, at + 1)
    elif word == "identity" and tokens.low[at + 1] == "(":
        return _identity(tokens, at)
    elif word == "identity" and tokens.low[at - 1] != "as":
        tokens.text[at] = "GENERATED ALWAYS AS IDENTITY (START WITH 1 INCREMENT BY 1 MINVALUE 1)"
        return at + 1
    else:
        return tokens.close(at) + 1 if word == "(" else stop
    tokens.drop(at, stop)
    return stop


def _identity(tokens: Tokens, at: int) -> int:
    """IDENTITY(seed, step); PostgreSQL's own form has START in it."""
    close = tokens.close(at + 1)
    parts = tokens.split(at + 2, close)
    if len(parts) == 2:
        seed, step = (tokens.render(*part).strip() for part in parts)
        generated = "" if tokens.low[at - 1] == "as" else "GENERATED ALWAYS AS "
        tokens.drop(at + 1, close + 1)
        limit = "MAXVALUE" if step.startswith("-") else "MINVALUE"
        tokens.text[at] = f"{generated}IDENTITY (START WITH {seed} INCREMENT BY {step} {limit} {seed})"
    return close + 1
