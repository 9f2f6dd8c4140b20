"""SQL scripts into the statements that they are made of."""

import re

# The parts of SQL in which a semicolon does not end a statement. Redshift reads a backslash in a literal as an escape,
# and ends a comment at either character that ends a line.
_OPAQUE = re.compile(
    r"""
      --[^\n\r]*
    | '(?:[^'\\]|\\.|'')*'
    | "(?:[^"]|"")*"
    | (?P<dollar>\$(?:[A-Za-z_]\w*)?\$).*?(?P=dollar)
    """,
    re.VERBOSE | re.DOTALL,
)
# A dollar sign inside a name, as in a$b$c, begins nothing.
_NEXT = re.compile(r"""(?P<name>[^\W\d][\w$]*)|--|/\*|['";]|\$(?:[A-Za-z_]\w*)?\$""")
_LINE_END = re.compile(r"\r\n|\n|\r")
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def split_statements(script: str) -> list[str]:
    """Return the statements of a script, each without its semicolon; pieces that hold only comments are left out.

    Procedure bodies (`$$ … $$`), literals, quoted names and comments, nested ones too, are kept whole.

    Raises:
        ValueError: A literal, a quoted name, a body or a comment has no end; says the line where it starts.
    """
    pieces: list[str] = []
    start = position = 0
    has_code = False
    while match := _NEXT.search(script, position):
        has_code = has_code or bool(script[position : match.start()].strip())
        if match["name"]:
            has_code = True
            position = match.end()
        elif match.group() == ";":
            if has_code:
                pieces.append(script[start : match.start()].strip())
            start = position = match.end()
            has_code = False
        else:
            has_code = has_code or match.group() not in ("--", "/*")
            position = _end_of_opaque(script, match.start())
    if has_code or script[position:].strip():
        pieces.append(script[start:].strip())
    return pieces


def _end_of_opaque(script: str, start: int) -> int:
    if script.startswith("/*", start):
        return _end_of_comment(script, start)
    match = _OPAQUE.match(script, start)
    if match is None:
        raise _unended(script, start)
    return match.end()


def _end_of_comment(script: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(script, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise _unended(script, start)


def _unended(script: str, start: int) -> ValueError:
    line = len(_LINE_END.findall(script, 0, start)) + 1
    return ValueError(
        f"what begins with {script[start : start + 20].splitlines()[0]!r} in line {line} has no end"
    )
