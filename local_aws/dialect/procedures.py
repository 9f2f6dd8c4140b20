"""CREATE PROCEDURE and CREATE FUNCTION: the header here, the body by the rules of `transactions`."""

from collections.abc import Callable

from local_aws.dialect.errors import UnsupportedError
from local_aws.dialect.literals import dollar_quoted, literal_value
from local_aws.dialect.tokens import BODY, STRING, Tokens


def rewrite_definition(
    tokens: Tokens, start: int, end: int, rewrite_body: Callable[[str, bool], str]
) -> None:
    """Rewrite the body, and the header's NONATOMIC and OUT arguments, of CREATE [OR REPLACE] PROCEDURE."""
    kind = start + (3 if tokens.matches(start + 1, "or", "replace") else 1)
    if tokens.low[start] != "create" or tokens.low[kind] not in ("procedure", "function"):
        return
    header = tokens.low[kind:end]
    if "language" in header and (language := tokens.text[kind + header.index("language") + 1].lower()):
        if language.strip("'") not in ("plpgsql", "sql"):
            raise UnsupportedError(f"LANGUAGE {language}")
    nonatomic = False
    for i in range(kind, end):
        if tokens.low[i] == "nonatomic":
            nonatomic = True
            tokens.drop(i, i + 1)
    for i in range(kind, end):
        if tokens.low[i] in (BODY, STRING) and tokens.low[i - 1] == "as":
            tokens.text[i] = _body(tokens.text[i], rewrite_body, nonatomic)


def _body(text: str, rewrite_body: Callable[[str, bool], str], nonatomic: bool) -> str:
    if text[0] == "$":
        tag = text[: text.index("$", 1) + 1]
        return tag + rewrite_body(text[len(tag) : -len(tag)], nonatomic) + tag
    body = literal_value(text)
    rewritten = rewrite_body(body, nonatomic)
    return text if rewritten == body else dollar_quoted(rewritten)
