"""Whole statements that are refused: those that only PostgreSQL has, and those that the stand-in lacks."""

from collections.abc import Callable
from typing import NoReturn

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import RedshiftError, UnsupportedError

# Behind CREATE, ALTER and DROP: what Redshift has and the stand-in has not.
_REDSHIFT = frozenset(
    "external protected library model datashare masking rls identity system template integration".split()  # noqa: SIM905
)
# What PostgreSQL 8.0, from which Redshift comes, had, and what is younger, which Redshift's grammar does not know.
_TAKEN_OUT = frozenset(
    "index sequence domain type trigger rule aggregate operator conversion cast tablespace language".split()  # noqa: SIM905
)
_YOUNGER = frozenset(
    """access collation event extension foreign policy publication server statistics subscription text transform
    unlogged recursive large""".split()  # noqa: SIM905
)
_FIRST_TAKEN_OUT = frozenset(
    ["cluster", "reindex", "listen", "notify", "unlisten", "load", "checkpoint", "savepoint", "release"]
)
_FIRST_YOUNGER = frozenset("do discard reassign security import values table move".split())  # noqa: SIM905

# Words that name a construct together with the one before them.
_SECOND = frozenset("schema table view function policy provider datashare datashares model models".split())  # noqa: SIM905


def definition(tokens: Tokens, start: int, end: int, at: int) -> None:
    """Refuse CREATE, ALTER or DROP of what does not exist here or there; the kind of object is named at `at`."""
    word = tokens.low[at]
    if word == "unique" and tokens.low[at + 1] == "index":
        taken_out(tokens, start, end)
    if word in _REDSHIFT:
        raise UnsupportedError(f"{tokens.low[start].upper()} {_words(tokens, at)}")
    if word in _TAKEN_OUT:
        taken_out(tokens, start, end)
    if word in _YOUNGER:
        syntax_error(tokens, at)


def taken_out(tokens: Tokens, start: int, end: int) -> NoReturn:
    """Refuse a command of PostgreSQL 8.0 that Redshift knows and refuses."""
    command = (tokens.text[start] + tokens.render(start + 1, end)).strip()
    raise RedshiftError(f'SQL command "{command}" not supported on Redshift tables.')


def syntax_error(tokens: Tokens, at: int) -> NoReturn:
    """Refuse what Redshift's grammar does not have, from the token at `at` on."""
    if tokens.low[at] in ("", ";"):
        raise RedshiftError("syntax error at end of input")
    raise RedshiftError(f'syntax error at or near "{tokens.text[at]}"')


def redshift(tokens: Tokens, start: int, _end: int) -> NoReturn:
    """Refuse a statement of Redshift's that the stand-in does not have."""
    raise UnsupportedError(_words(tokens, start))


def postgres(tokens: Tokens, start: int, end: int) -> None:
    """Refuse a statement of PostgreSQL's that begins with a word that begins none on Redshift."""
    if tokens.low[start] in _FIRST_TAKEN_OUT:
        taken_out(tokens, start, end)
    syntax_error(tokens, start)


def rollback(tokens: Tokens, start: int, end: int) -> None:
    """ROLLBACK TO SAVEPOINT, and two-phase commits."""
    if "to" in tokens.low[start:end] or "prepared" in tokens.low[start:end]:
        taken_out(tokens, start, end)


def truncate(tokens: Tokens, start: int, end: int) -> None:
    """TRUNCATE [TABLE] name, and nothing behind it."""
    behind = tokens.after_name(start + (2 if tokens.low[start + 1] == "table" else 1))
    if behind < end:
        syntax_error(tokens, behind)


def _without(*words: str) -> Callable[[Tokens, int, int], None]:
    """Return the rule of a statement that has none of these younger words before its FOR or FROM."""

    def rule(tokens: Tokens, start: int, end: int) -> None:
        for i in range(start + 1, end):
            if tokens.low[i] in ("for", "from", "into"):
                return
            if tokens.low[i] in words:
                syntax_error(tokens, i)

    return rule


def of_provider(tokens: Tokens, start: int, end: int) -> None:
    """Names with a colon, of users and roles."""
    if ":" in tokens.low[start:end] or "externalid" in tokens.low[start:end]:
        raise UnsupportedError("roles of the system, and users and roles of identity providers")


def explain(tokens: Tokens, start: int, _end: int) -> None:
    """EXPLAIN [VERBOSE] query."""
    if tokens.low[start + 1] in ("analyze", "analyse", "("):
        syntax_error(tokens, start + 1)


def _words(tokens: Tokens, at: int) -> str:
    """Return the words that name a construct, as in EXTERNAL SCHEMA."""
    second = tokens.low[at + 1]
    return f"{tokens.low[at]} {second}".upper() if second in _SECOND else tokens.low[at].upper()


FIRST_WORDS = {
    **dict.fromkeys((*_FIRST_TAKEN_OUT, *_FIRST_YOUNGER), postgres),
    **dict.fromkeys(("copy", "unload", "attach", "detach", "desc", "describe", "use"), redshift),
    "explain": explain,
    "declare": _without("scroll", "binary", "insensitive", "hold"),
    "fetch": _without("prior", "first", "last", "absolute", "relative", "backward"),
    "rollback": rollback,
    "abort": rollback,
    "truncate": truncate,
}
