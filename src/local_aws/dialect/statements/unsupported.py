"""What is refused in statements, by the patterns of refusals.toml."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NoReturn

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import RedshiftError, UnsupportedError, refuse_as_redshift

_WORD = "word:"
_MEANINGS = {
    "NAME": r"\S++(?: \. \S+)*+",
    "RESERVED": "|".join(sorted(vocabulary.words("reserved"))),
    "KIND": "(?:schema|table|view|function|policy|provider|datashares?|models?)",
    "STORAGE": "(?:diststyle|distkey|sortkey|compound|interleaved|encode)",
}
_REFUSALS = vocabulary.table("statements/refusals")
# Those that `check_word` may refuse.
CHECKED_WORDS = [kind.removeprefix(_WORD) for kind in _REFUSALS if kind.startswith(_WORD)]
_SHORT = re.compile("|".join(_MEANINGS))


def check(tokens: Tokens, kind: str, start: int, end: int) -> None:
    """Refuse start..end, a statement or a part of one, where a pattern of its kind is found."""
    if _patterns(kind):
        _check(tokens, kind, _outside(tokens, start, end), end)


def check_word(tokens: Tokens, i: int) -> None:
    """Refuse a word by those around it."""
    _check(tokens, _WORD + tokens.low[i], range(i - 1, i + 5), i)


def _check(tokens: Tokens, kind: str, places: Sequence[int], end: int) -> None:
    words = " ".join([tokens.low[i] for i in places])
    for how, text, pattern in _patterns(kind):
        if found := pattern.search(words):
            message = text.format("", *((group or "").upper() for group in found.groups()))
            match how:
                case "syntax":
                    syntax_error(tokens, places[words.count(" ", 0, found.start(1))])
                case "taken_out":
                    # A command of PostgreSQL 8.0 that Redshift knows and refuses.
                    command = (tokens.text[places[0]] + tokens.render(places[0] + 1, end)).strip()
                    raise RedshiftError(f'SQL command "{command}" not supported on Redshift tables.')
                case "error":
                    raise RedshiftError(message)
                case "neither":
                    refuse_as_redshift(message)
            raise UnsupportedError(message)


def syntax_error(tokens: Tokens, at: int) -> NoReturn:
    """Refuse what Redshift's grammar does not have, from the token at `at` on."""
    if tokens.low[at] in ("", ";"):
        raise RedshiftError("syntax error at end of input")
    raise RedshiftError(f'syntax error at or near "{tokens.text[at]}"')


def _outside(tokens: Tokens, start: int, end: int) -> list[int]:
    """Positions outside of inner parentheses, of which only themselves are left, and of what was taken out."""
    low, found, i = tokens.low, [], start
    while i < end:
        if low[i] != "\0":
            found.append(i)
        i = tokens.close(i) if low[i] == "(" else i + 1
    return found


@cache
def _patterns(kind: str) -> list[tuple[str, str, re.Pattern[str]]]:
    """Return how, in which words and by which pattern something of a kind is refused."""
    found: list[tuple[str, str, re.Pattern[str]]] = []
    for refusals in (table for kinds, table in _REFUSALS.items() if kind in kinds.split()):
        for how, patterns in refusals.items():
            named = patterns.items() if isinstance(patterns, dict) else [("", each) for each in patterns]
            for words, pattern in named:
                spelt = _SHORT.sub(lambda name: _MEANINGS[name[0]], re.sub(r"\n? {4}", "", pattern))
                found.append((how, words, re.compile(spelt)))
    return found
