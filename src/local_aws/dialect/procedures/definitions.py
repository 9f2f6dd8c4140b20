"""CREATE PROCEDURE and CREATE FUNCTION: the header; the body is left to the caller's function."""

from collections.abc import Callable

from local_aws.dialect.lexing.literals import dollar_quoted, dollar_tag, dollar_value, literal_value
from local_aws.dialect.lexing.tokens import BODY, STRING, Tokens, is_name
from local_aws.dialect.refusals import UnsupportedError
from local_aws.dialect.statements import foreign, settings, types, unsupported

BodyRule = Callable[[str, bool, bool], str]
_LANGUAGES = {"procedure": ("plpgsql",), "function": ("sql",)}
_TYPES_OF_WORDS = frozenset("double character national time timestamp bit interval".split())  # noqa: SIM905
_TRANSACTION_WORDS = ("commit", "rollback", "truncate")


def rewrite_definition(tokens: Tokens, start: int, end: int, rewrite_body: BodyRule) -> None:
    """CREATE [OR REPLACE] PROCEDURE or FUNCTION at start..end: OUT arguments, NONATOMIC, and the body.

    `rewrite_body` is given the text between the quotes, whether every statement commits by itself, and whether
    it is PL/pgSQL.
    """
    kind = start + (3 if tokens.matches(start + 1, "or", "replace") else 1)
    if tokens.low[start] != "create" or tokens.low[kind] not in _LANGUAGES:
        return
    plpgsql = _language(tokens, kind, end) == "plpgsql"
    types.in_declarations(tokens, kind, end)
    _check_arguments(tokens, kind)
    unsupported.check(tokens, f"new-{tokens.low[kind]}", kind, end)
    is_procedure = tokens.low[kind] == "procedure"
    if is_procedure:
        _arguments(tokens, kind)
    for i in range(kind, end):
        if tokens.low[i] == "set":  # SET name TO value, for as long as it runs
            settings.assign(tokens, i, min(i + 4, end))
    nonatomic = _take_out(tokens, kind, end, "nonatomic")
    for i in range(kind, end):
        if tokens.low[i] in (BODY, STRING) and tokens.low[i - 1] == "as":
            tokens.text[i] = _body(tokens.text[i], lambda body: rewrite_body(body, nonatomic, plpgsql))
            tokens.low[i] = BODY
            if is_procedure and any(word in tokens.text[i].lower() for word in _TRANSACTION_WORDS):
                # PostgreSQL allows no COMMIT under SECURITY DEFINER; all users of the stand-in are superusers.
                _take_out(tokens, kind, end, "security", "definer")


def _check_arguments(tokens: Tokens, kind: int) -> None:
    """Arguments have no defaults, but for those that OUT arguments are given here; those of functions have no names."""
    opening = tokens.after_name(kind + 1)
    for first, last in tokens.split(opening + 1, tokens.close(opening)):
        unsupported.check(tokens, "argument", first, last)
        named = last - first > 1 and is_name(tokens, first + 1) and tokens.low[first] not in _TYPES_OF_WORDS
        if named and tokens.low[kind] == "function":
            raise UnsupportedError(
                "names of arguments of functions in SQL, and neither does Redshift: use $1, $2"
            )
    # It would not be found.
    if tokens.low[kind] == "function" and (name := tokens.low[opening - 1]) in foreign.FUNCTIONS:
        raise UnsupportedError(f"a function with the name {name.upper()}")


def _language(tokens: Tokens, kind: int, end: int) -> str:
    at = next((i + 1 for i in range(kind, end) if tokens.low[i] == "language"), None)
    language = "plpgsql" if at is None else tokens.text[at].strip("'").lower()
    if at is not None and language not in _LANGUAGES[tokens.low[kind]]:
        neither = "" if language == "plpythonu" else ", and neither does Redshift"
        raise UnsupportedError(f"{tokens.low[kind]}s in the language {language}{neither}")
    return language


def _take_out(tokens: Tokens, start: int, end: int, *words: str) -> bool:
    found = [i for i in range(start, end) if tokens.matches(i, *words)]
    for i in found:
        tokens.drop(i, i + len(words))
    return bool(found)


def _arguments(tokens: Tokens, kind: int) -> None:
    """Make an OUT argument, which is left out of CALL, an INOUT one with a default, behind the others."""
    opening = tokens.low.index("(", kind) if "(" in tokens.low[kind:] else tokens.end
    close = tokens.close(opening)
    ranges = tokens.split(opening + 1, close)
    outs = [part for part in ranges if "out" in tokens.low[part[0] : part[0] + 2]]
    if not outs:
        return
    others = [part for part in ranges if part not in outs]
    moved = ranges != others + outs
    if moved and any("inout" in tokens.low[first : first + 2] for first, _ in others):
        raise UnsupportedError("an INOUT argument behind an OUT argument")
    for first, last in outs:
        mode = tokens.low.index("out", first)
        tokens.text[mode] = "INOUT"
        tokens.after(last - 1, " DEFAULT NULL")
    if moved:
        texts = [tokens.render(*part).strip() for part in others + outs]
        tokens.drop(opening + 1, close)
        tokens.after(opening, ", ".join(texts))


def _body(text: str, rewrite_body: Callable[[str], str]) -> str:
    if text[0] == "$":
        tag = dollar_tag(text)
        return tag + rewrite_body(dollar_value(text)) + tag if text.endswith(tag) else text
    body = literal_value(text)
    rewritten = rewrite_body(body)
    return text if rewritten == body else dollar_quoted(rewritten)
