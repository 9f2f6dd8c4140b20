"""Functions whose calls need another spelling; those that only need to exist are in compat/."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.literals import literal_value
from local_aws.dialect.lexing.tokens import STRING, Tokens
from local_aws.dialect.messages import NAVIGATION
from local_aws.dialect.queries.naming import name_item
from local_aws.dialect.refusals import RedshiftError, UnsupportedError
from local_aws.dialect.statements import settings, types

DATE_FUNCTIONS = vocabulary.words("date_functions")
_SPELLING = vocabulary.meanings("date_spellings")
REFUSED = vocabulary.words("refused_functions")
# Types, and what has them, that do not go into SUPER.
_TIMES = frozenset("date time timetz timestamp timestamptz sysdate current_date".split())  # noqa: SIM905
# Behind IS DISTINCT FROM, which Redshift lacks: the dialect's own.
OURS = "/* local_aws */"


def arguments(tokens: Tokens, i: int) -> list[tuple[int, int]]:
    """Return the arguments of the call whose name is at i; empty when it is not a call."""
    if tokens.low[i + 1] != "(" or tokens.low[i - 1] in (".", "table", "into", "function", "procedure"):
        return []
    close = tokens.close(i + 1)
    return tokens.split(i + 2, close) if close > i + 2 and tokens.low[close] == ")" else []


def refuse(tokens: Tokens, i: int) -> None:
    """Refuse a call of a function that the stand-in does not have."""
    if arguments(tokens, i):
        raise UnsupportedError(f"the function {tokens.low[i].upper()}")


def navigated(tokens: Tokens, i: int) -> None:
    """JSON_PARSE(text).attribute."""
    if tokens.low[i + 1] == "(" and tokens.low[tokens.close(i + 1) + 1] == ".":
        raise UnsupportedError(NAVIGATION)


def without_parentheses(tokens: Tokens, i: int) -> None:
    """SYSDATE and CURRENT_USER_ID are functions that are called without parentheses."""
    before = tokens.low[i - 1]
    if tokens.low[i + 1] != "(" and before not in (".", "as", "update", "delete", "from", "into", "table"):
        tokens.after(i, "()")


def date_part_word(tokens: Tokens, i: int) -> None:
    """DATEADD(day, ...): the bare word becomes a literal."""
    ranges = arguments(tokens, i)
    if len(ranges) < 2:
        return
    tokens.text[i] = _SPELLING.get(tokens.low[i], tokens.text[i])
    first, stop = ranges[0]
    if stop - first == 1 and tokens.text[first].isidentifier():
        tokens.text[first] = f"'{tokens.text[first]}'"


def nvl(tokens: Tokens, i: int) -> None:
    """NVL is COALESCE, which does not evaluate more than it needs."""
    if arguments(tokens, i):
        tokens.text[i] = "coalesce"


def nvl2(tokens: Tokens, i: int) -> None:
    """NVL2(test, if not null, if null)."""
    ranges = arguments(tokens, i)
    if len(ranges) == 3:
        test, present, absent = (tokens.render(*part).strip() for part in ranges)
        _replace(tokens, i, ranges[-1][1], f"CASE WHEN ({test}) IS NOT NULL THEN {present} ELSE {absent} END")


def decode(tokens: Tokens, i: int) -> None:
    """DECODE(value, search, result, ..., default), in which NULL equals NULL."""
    ranges = arguments(tokens, i)
    if len(ranges) < 3:
        return
    value, *rest = (tokens.render(*part).strip() for part in ranges)
    default = rest.pop() if len(rest) % 2 else "NULL"
    when = "".join(
        f" WHEN ({value}) IS NOT DISTINCT FROM {OURS} ({search}) THEN {result}"
        for search, result in zip(rest[::2], rest[1::2], strict=True)
    )
    _replace(tokens, i, ranges[-1][1], f"CASE{when} ELSE {default} END")


def convert(tokens: Tokens, i: int) -> None:
    """CONVERT(type, value)."""
    ranges = arguments(tokens, i)
    if len(ranges) == 2:
        types.rewrite(tokens, ranges[0][0])
        kind, value = (tokens.render(*part).strip() for part in ranges)
        _replace(tokens, i, ranges[-1][1], f"CAST({value} AS {kind})")


def concat(tokens: Tokens, i: int) -> None:
    """CONCAT of two values; unlike PostgreSQL's, it is NULL if one of them is."""
    ranges = arguments(tokens, i)
    if len(ranges) == 2:
        tokens.text[i] = "pg_catalog.local_aws_concat"
    elif ranges:
        raise UnsupportedError("CONCAT of other than two arguments")


def try_cast(tokens: Tokens, i: int) -> None:
    """TRY_CAST(value AS type): the engine is given the type as a text, to try, and as a NULL of it, for the result."""
    ranges = arguments(tokens, i)
    if not ranges:
        return
    first, last = ranges[0][0], ranges[-1][1]
    at = max(j for j in range(first, last) if tokens.low[j] == "as")
    value, kind = tokens.render(first, at).strip(), tokens.render(at + 1, last).strip()
    quoted, name = kind.replace("'", "''"), tokens.text[at + 1].lower()
    _replace(tokens, i, last, f"pg_catalog.local_aws_try_cast({value}, '{quoted}', NULL::{kind})::{kind}")
    name_item(tokens, i, last + 1, f'"{name}"' if name.isidentifier() else "")


def setting(tokens: Tokens, i: int) -> None:
    """CURRENT_SETTING and SET_CONFIG of a parameter that only Redshift has: it is kept under another name."""
    ranges = arguments(tokens, i)
    if not ranges or tokens.low[ranges[0][0]] != STRING:
        return
    name = literal_value(tokens.text[ranges[0][0]]).lower()
    settings.check(name)
    if settings.is_redshift(name) and tokens.low[i] == "set_config":
        tokens.text[ranges[0][0]] = f"'local_aws.{name}'"
    elif settings.is_redshift(name):
        _replace(tokens, i, ranges[-1][1], settings.value_of(name))


def super_function(tokens: Tokens, i: int) -> None:
    """Functions that make or write SUPER whose names are PostgreSQL's own words."""
    before = tokens.low[i - 1]
    if tokens.low[i] == "array" and tokens.low[i + 1] not in ("(", "[") and before != ".":
        tokens.text[i] = '"array"'  # a name, which PostgreSQL reserves
    if tokens.low[i + 1] != "(" or before == ".":
        return
    if tokens.low[i] == "json_serialize":
        tokens.text[i] = "pg_catalog.local_aws_json_serialize"
    elif tokens.low[i + 2] not in ("select", "with"):
        for first, last in arguments(tokens, i):
            if found := _TIMES & {tokens.low[first], tokens.low[last - 1]}:
                raise RedshiftError(f"{tokens.low[i].upper()} could not convert type {min(found)} to super")
        tokens.text[i] = f"local_aws.super_of(local_aws.json_{tokens.low[i]}"
        tokens.after(tokens.close(i + 1), ")")


def _replace(tokens: Tokens, i: int, last: int, text: str) -> None:
    """Put text in the place of the call i..last, and stop everything in it from matching again."""
    word = tokens.low[i]
    tokens.replace(i, last + 1, text)
    tokens.low[i] = word + "()"
