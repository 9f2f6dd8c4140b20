"""The text of a script into its statements, checked against the Data API's limits."""

import re
from collections.abc import Sequence

from prefect_redshift.data_api.request import MAX_STATEMENTS, check_limits
from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.splitting import split_statements

# A line may end as on any system: LF, CRLF or CR.
_MARKER = r"(?:(?<=[\r\n])|\A)--[ \t]*{kind}:[ \t]*([^\r\n]*?)[ \t]*(?=[\r\n]|\Z)"


def statements_of(text: str, where: str, *, room: int = MAX_STATEMENTS) -> list[str]:
    """Return the statements of a script's text.

    Args:
        text: The text.
        where: Its path, for the errors' messages.
        room: How many statements one transaction has room for.

    Raises:
        ScriptError: It has none, more than there is room for, or breaks a limit of the Data API.
    """
    statements = _split(text, where)
    try:
        check_limits(statements)
    except ScriptError as error:
        raise ScriptError(f"{where}: {error}") from error
    if len(statements) > room:
        raise ScriptError(f"{where}: it has {len(statements)} statements, and one transaction takes {room}.")
    return statements


def parts_of(text: str, kind: str, where: str, *, room: int = MAX_STATEMENTS) -> dict[str, list[str]]:
    """Return the statements under each line `-- kind: header` of a script, by its header.

    Raises:
        ScriptError: There is no header, one comes twice or is empty, or a part has no statement, breaks a limit or
            stands before the first header.
    """
    before, *parts = re.split(_MARKER.format(kind=kind), text)
    headers, bodies = parts[::2], parts[1::2]
    if twice := next((header for header in headers if headers.count(header) > 1), None):
        raise ScriptError(f"{where}: `-- {kind}: {twice}` comes twice.")
    if _split(before, where):
        raise ScriptError(f"{where}: a statement stands before the first line `-- {kind}: ...`.")
    _check_headers(headers, kind, where)
    return {
        header: statements_of(body, f"{where}, {kind} {header}", room=room)
        for header, body in zip(headers, bodies, strict=True)
    }


def _check_headers(headers: Sequence[str], kind: str, where: str) -> None:
    if not headers or not all(headers):
        raise ScriptError(
            f"{where}: each {kind} begins with a line `-- {kind}: name`, and has a name of its own."
        )


def _split(text: str, where: str) -> list[str]:
    try:
        return split_statements(text)
    except ValueError as error:
        raise ScriptError(f"{where}: {error}") from error
