"""Literals and names: Redshift reads backslash escapes in every string, PostgreSQL only in E'...'."""

import re

_ESCAPE = re.compile(r"\\([0-7]{1,3}|[\s\S])|''")
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
# Escapes that E'...' knows and Redshift does not: there a backslash before another character is just dropped.
_ONLY_POSTGRES = re.compile(r"(\\\\)|\\([uUx])")


def escaped(text: str) -> str:
    """Return the PostgreSQL spelling of a Redshift literal: E'...' if it has a backslash."""
    if "\\" not in text or text[0] in "eE":
        return text
    return "E" + _ONLY_POSTGRES.sub(lambda match: match[1] or match[2], text)


def literal_value(text: str) -> str:
    """Return what a literal, plain or E'...', stands for."""
    inner = text[text.index("'") + 1 : -1]
    return _ESCAPE.sub(_unescape, inner)


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code is None:
        return "'"
    return chr(int(code, 8)) if code[0] in "01234567" else _NAMED.get(code, code)


def quoted(value: str) -> str:
    """Return a literal for a value."""
    doubled = value.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in value else f"'{doubled}'"


def quoted_name(name: str) -> str:
    """Return a name as SQL spells it whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def dollar_quoted(value: str) -> str:
    """Return a `$$` literal for a value, with a tag that the value does not contain."""
    tag = "$body$"
    while tag in value:
        tag = f"{tag[:-1]}_$"
    return tag + value + tag


def dollar_tag(text: str) -> str:
    """Return the `$$`, with or without a tag in it, that a literal begins with."""
    return text[: text.index("$", 1) + 1]


def dollar_value(text: str) -> str:
    """Return what a `$$` literal, with or without a tag, stands for."""
    tag = dollar_tag(text)
    return text[len(tag) :].removesuffix(tag)
