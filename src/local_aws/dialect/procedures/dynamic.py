"""Dynamic SQL: EXECUTE of a literal is rewritten in place; anything computed asks for its rewriting when it runs.

A procedure calls local_aws_dynamic(sql) (compat/), which sends an INFO message with SQLSTATE `LA001` and the SQL, and
then waits for a file in a folder of PostgreSQL's data directory. Messages reach the client while the statement
runs, so whoever owns the connection lets a `Mailbox` answer them. A file because no other channel crosses the
snapshot of a running transaction; answers are kept, so that a loop asks once.
"""

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from local_aws.dialect.lexing.literals import literal_value, quoted
from local_aws.dialect.lexing.tokens import STRING, Tokens
from local_aws.dialect.queries.selects import top_level
from local_aws.dialect.refusals import DialectError, RedshiftError

REQUEST = "LA001"
FOLDER = "local_aws_mailbox"  # in the data directory; compat/ knows it too
KEPT = 2000


class Mailbox:
    """Answers the requests of one PostgreSQL cluster; `data` is its data directory. Make one for each start."""

    def __init__(self, data: Path, rewrite: Callable[[str], str]) -> None:
        self.folder = data / FOLDER
        # Answers of an earlier start may be those of earlier rules.
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o755)
        # PostgreSQL, which may run as another user, writes here, too.
        owner = data.stat()
        os.chown(self.folder, owner.st_uid, owner.st_gid)
        self._rewrite = rewrite
        self._kept: list[Path] = []

    def answer(self, sqlstate: str | None, message: str | None) -> bool:
        """Answer a notice if it is a request; tells whether it was, so that nobody shows it to a user."""
        if sqlstate != REQUEST or message is None:
            return False
        try:
            text = "1" + self._rewrite(message)
        except DialectError as error:
            text = "0" + str(error)
        name = sha256(message.encode()).hexdigest()
        self.put(name, text)
        self._kept.append(self.folder / name)
        while len(self._kept) > KEPT:
            self._kept.pop(0).unlink(missing_ok=True)
        return True

    def put(self, name: str, text: str) -> None:
        """Put an answer where the one who asked looks for it."""
        # Renamed into place, so that PostgreSQL never reads half an answer.
        draft = self.folder / f"{name}.new"
        draft.write_text(text, encoding="utf-8", newline="")
        draft.chmod(0o644)
        draft.rename(self.folder / name)


def rewrite_execute(tokens: Tokens, i: int, rewrite: Callable[[str], str]) -> None:
    """Rewrite the EXECUTE at i of a procedure body."""
    end = _end_of_expression(tokens, i + 1)
    if tokens.low[end] == "using":
        raise RedshiftError('syntax error at or near "using"')
    if is_computed(tokens, i):
        if tokens.low[i + 3] != "local_aws_dynamic":
            tokens.before(i + 1, " pg_catalog.local_aws_dynamic(")  # a blank, as EXECUTE('...') may have none
            tokens.after(end - 1, ")")
    elif end == i + 2:
        value = literal_value(tokens.text[i + 1])
        rewritten = rewrite(value)
        if rewritten != value:
            tokens.text[i + 1] = quoted(rewritten)
            tokens.low[i + 1] = "\0"


def is_computed(tokens: Tokens, i: int) -> bool:
    """Whether the EXECUTE at i runs more than a literal."""
    end = _end_of_expression(tokens, i + 1)
    return end > i + 1 and (end > i + 2 or tokens.low[i + 1] != STRING)


def _end_of_expression(tokens: Tokens, start: int) -> int:
    inside = top_level(tokens, start, tokens.end)
    return next((j for j in inside if tokens.low[j] in ("into", "using", "loop", ";")), tokens.end)
