"""SHOW: parameters of the session, lists of the catalog's objects, and definitions of single ones."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.dialect.refusals import UnsupportedError
from local_aws.dialect.statements import settings
from local_aws.dialect.statements.unsupported import syntax_error

_LISTS = vocabulary.meanings("show_lists")
_DEFINITIONS = ("table", "view")


def show(tokens: Tokens, start: int, end: int) -> None:
    """Functions of compat/ list and define; they take names, a pattern and a number of rows."""
    word = tokens.low[start + 1]
    if word in _LISTS:
        _list(tokens, start, end)
    elif word in _DEFINITIONS and start + 2 < end:
        _definition(tokens, start, end)
    else:
        settings.show(tokens, start)


def _list(tokens: Tokens, start: int, end: int) -> None:
    word, at, names = tokens.low[start + 1], start + 2, ""
    kind = _LISTS[word]
    if tokens.low[at] == "from":
        if not kind or tokens.low[at + 1] != kind:
            raise UnsupportedError(f"SHOW {word.upper()} FROM {tokens.low[at + 1].upper()}")
        behind = tokens.after_name(at + 2)
        names, at = _names(tokens, at + 2, behind), behind
    elif kind:
        syntax_error(tokens, at)
    pattern, rows = "NULL", "NULL"
    if tokens.low[at] == "like":
        pattern, at = tokens.text[at + 1], at + 2
    if tokens.low[at] == "limit":
        rows, at = tokens.text[at + 1], at + 2
    if at < end:
        syntax_error(tokens, at)
    _call(tokens, start, end, f"{word}(ARRAY[{names}]::text[], {pattern}, {rows})")


def _definition(tokens: Tokens, start: int, end: int) -> None:
    behind = tokens.after_name(start + 2)
    if behind < end:
        syntax_error(tokens, behind)
    names = _names(tokens, start + 2, behind)
    _call(tokens, start, end, f"{tokens.low[start + 1]}(ARRAY[{names}]::text[], NULL)")


def _names(tokens: Tokens, first: int, last: int) -> str:
    return ", ".join(quoted(identifier(tokens.text[i])) for i in range(first, last, 2))


def _call(tokens: Tokens, start: int, end: int, call: str) -> None:
    tokens.put(start, end, f"SELECT * FROM pg_catalog.local_aws_show_{call}")  # noqa: S608 - of literals
