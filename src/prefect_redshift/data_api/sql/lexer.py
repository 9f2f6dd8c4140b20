"""The one lexer of SQL: it knows literals, quoted names, `$$` bodies, comments, casts and `:name` parameters."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

Kind = Literal[
    "comment", "literal", "quoted_name", "body", "semicolon", "cast", "parameter", "word", "unended"
]

# Redshift reads a backslash in a literal as an escape, and ends a comment at either character that ends a line. A
# dollar sign inside a word, as in a$b$c, begins nothing.
_NEXT = re.compile(
    r"""
      (?P<comment> --[^\n\r]* | /\* )
    | (?P<literal> '(?:[^'\\]|\\.|'')*' )
    | (?P<quoted_name> "(?:[^"]|"")*" )
    | (?P<body> (?P<dollar>\$(?:[A-Za-z_]\w*)?\$).*?(?P=dollar) )
    | (?P<unended> ['"]|\$(?:[A-Za-z_]\w*)?\$ )
    | (?P<semicolon> ; )
    | (?P<cast> :: )
    | (?P<parameter> :[A-Za-z_][0-9A-Za-z_]* )
    | (?P<word> [^\W\d][\w$]* )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """One piece of a SQL text.

    Attributes:
        kind: What it is; `unended` for what begins here and has no end.
        start: Where it begins in the text.
        end: Where the text goes on after it.
    """

    kind: Kind
    start: int
    end: int


def tokens(sql: str) -> Iterator[Token]:
    """Yield what a text is made of, in order; spaces, numbers and operators are left out."""
    position = 0
    while match := _NEXT.search(sql, position):
        kind, end = cast("Kind", match.lastgroup), match.end()
        if kind == "comment" and match[0] == "/*":
            end = _end_of_comment(sql, match.start())
        if kind == "unended" or not end:
            kind, end = "unended", len(sql)
        yield Token(kind, match.start(), end)
        position = end


def _end_of_comment(sql: str, start: int) -> int:
    """Return where a comment ends, in which others may be nested; 0 where it does not."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return 0
