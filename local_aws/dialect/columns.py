"""One column of CREATE TABLE or ADD COLUMN: its default width, and attributes that PostgreSQL lacks."""

from typing import Any

from local_aws.dialect.tokens import Tokens


def rewrite_column(tokens: Tokens, first: int, last: int, found: dict[str, Any]) -> None:
    """Rewrite the column at first..last in place, and note what was taken out in `found`."""
    if tokens.low[first] == "like" or last - first < 2:
        return
    name = tokens.text[first].strip('"')
    at = _type(tokens, first + 1, last)
    while at < last:
        at = _attribute(tokens, at, last, name, found)


_DEFAULT_LENGTH = {
    "varchar": "(256)",
    "nvarchar": "(256)",
    "text": "(256)",
    "bpchar": "(256)",
    "decimal": "(18,0)",
    "numeric": "(18,0)",
}
_SPELLING = {"nvarchar": "varchar", "text": "varchar", "nchar": "char", "bpchar": "char"}


def _type(tokens: Tokens, at: int, last: int) -> int:
    word = tokens.low[at]
    if word in ("character", "char") and tokens.low[at + 1] == "varying":
        at, word = at + 1, "varchar"
    elif word in _SPELLING:
        tokens.text[at] = _SPELLING[word]
    if tokens.low[at + 1] != "(":
        tokens.after(at, _DEFAULT_LENGTH.get(word, ""))
        return at + 1
    if tokens.low[at + 2] == "max":
        tokens.text[at + 2] = "65535"
    return tokens.close(at + 1) + 1


def _attribute(tokens: Tokens, at: int, last: int, name: str, found: dict[str, Any]) -> int:
    word = tokens.low[at]
    if word == "encode":
        found.setdefault("encode", {})[name] = tokens.low[at + 1]
        tokens.drop(at, at + 2)
        return at + 2
    if word in ("distkey", "sortkey"):
        found[word] = [name]
        tokens.drop(at, at + 1)
        return at + 1
    if word == "identity" and tokens.low[at + 1] == "(":
        return _identity(tokens, at)
    if tokens.matches(at, "primary", "key") or word == "unique":
        width = 2 if word == "primary" else 1
        found.setdefault("constraints", []).append(
            f"{word} {'key ' if width == 2 else ''}({tokens.text[at]})"
        )
        tokens.drop(at, at + width)
        return at + width
    if word == "references":
        stop = at + 2
        while tokens.low[stop] == ".":
            stop += 2
        stop = tokens.close(stop) + 1 if tokens.low[stop] == "(" else stop
        tokens.drop(at, stop)
        return stop
    return tokens.close(at) + 1 if word == "(" else at + 1


def _identity(tokens: Tokens, at: int) -> int:
    close = tokens.close(at + 1)
    seed, step = (tokens.render(*part).strip() for part in tokens.split(at + 2, close))
    generated = "" if tokens.low[at - 1] == "as" else "GENERATED ALWAYS AS "
    tokens.drop(at + 1, close + 1)
    tokens.text[at] = f"{generated}IDENTITY (START WITH {seed} INCREMENT BY {step} MINVALUE {seed})"
    return close + 1
