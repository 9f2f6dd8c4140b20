"""SQL scripts into the statements that they are made of."""

import re

from prefect_redshift.data_api.sql.lexer import tokens

_LINE_END = re.compile(r"\r\n|\n|\r")


def split_statements(script: str) -> list[str]:
    """Return the statements of a script, each without its semicolon; pieces that hold only comments are left out.

    Procedure bodies (`$$ … $$`), literals, quoted names and comments, nested ones too, are kept whole.

    Raises:
        ValueError: A literal, a quoted name, a body or a comment has no end; says the line where it starts.
    """
    pieces: list[str] = []
    start = position = 0
    has_code = False
    for token in tokens(script):
        has_code = has_code or bool(script[position : token.start].strip())
        position = token.end
        if token.kind == "unended":
            raise _unended(script, token.start)
        if token.kind == "semicolon":
            if has_code:
                pieces.append(script[start : token.start].strip())
            start, has_code = token.end, False
        elif token.kind != "comment":
            has_code = True
    if has_code or script[position:].strip():
        pieces.append(script[start:].strip())
    return pieces


def _unended(script: str, start: int) -> ValueError:
    line = len(_LINE_END.findall(script, 0, start)) + 1
    return ValueError(
        f"what begins with {script[start : start + 20].splitlines()[0]!r} in line {line} has no end"
    )
