"""A lossless lexer: joining what it returns gives back its input, to the byte.

Every token carries the white space and comments before it, so that rules see only what matters. All
quantifiers are possessive and an unterminated literal or body swallows the rest: the time is linear. The first
alternative is most words, which cannot be the E of a literal.
"""

import re

_TOKEN = re.compile(
    r"""
    ( (?: \s++ | --[^\n]*+ | /\* [^*/]*+ (?: (?!\*/|/\*) [*/] [^*/]*+ )*+ \*/ )*+ )
    (
        [A-DF-Za-df-z_][\w$]*+
      | [eE]?' (?: [^'\\]++ | \\[\s\S] | '' )*+ '
      | [eE]?' [\s\S]*+
      | [^\W\d][\w$]*+
      | "(?: [^"]++ | "" )*+" | "[\s\S]*+
      | ( \$ (?: [^\W\d]\w*+ )? \$ ) (?: [\s\S]*? \3 | [\s\S]*+ )
      | \$\d++
      | \d++ (?: \.(?!\.) \d*+ )? (?: [eE][+-]?\d++ )?
      | \.\d++ (?: [eE][+-]?\d++ )?
      | \#[^\W\d]\w*+
      | :: | := | => | \.\. | \|\| | <= | >= | <> | != | /\*
      | [\s\S]
      | \Z
    )
    """,
    re.VERBOSE,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def lex(sql: str) -> tuple[list[str], list[str]]:
    """Leads (white space and comments) and texts of all tokens; the last token is empty, at the end."""
    found = _TOKEN.findall(sql)
    if "/*" in sql and any(token[1] == "/*" for token in found):
        found = _with_nested_comments(sql)
    tail = ""
    while found and not found[-1][1]:
        tail = found.pop()[0] + tail
    leads = [token[0] for token in found]
    texts = [token[1] for token in found]
    leads.append(tail)
    texts.append("")
    return leads, texts


def _with_nested_comments(sql: str) -> list[tuple[str, str]]:
    """Read comments inside comments, which no regular expression matches: the slow path."""
    found: list[tuple[str, str]] = []
    position, lead = 0, ""
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        assert match is not None  # noqa: S101 - the last alternative matches any character
        position = match.end()
        lead += match[1]
        if match[2] == "/*":
            end = _comment_end(sql, match.start(2))
            lead, position = lead + sql[match.start(2) : end], end
            continue
        found.append((lead, match[2]))
        lead = ""
    found.append((lead, ""))
    return found


def _comment_end(sql: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)
