"""Names of statements: the work, its attempt and a digest of what exactly was asked for."""

import re
from typing import NamedTuple

DIGEST_CHARACTERS = 8
_NAME = re.compile(rf"(.+)/([1-9]\d*)/([0-9a-f]{{{DIGEST_CHARACTERS}}})", re.DOTALL)


class StatementName(NamedTuple):
    """A StatementName of named work.

    Attributes:
        work: What the work is called, the same for each try at it.
        attempt: Which try this is, from 1.
        digest: The first hexadecimal digits of the ClientToken. It differs where the SQL, a value, the target, an
            option or what the work comes after does.
    """

    work: str
    attempt: int
    digest: str

    def __str__(self) -> str:
        return f"{self.work}/{self.attempt}/{self.digest}"


def parse(name: str) -> StatementName | None:
    """Return the parts of a StatementName, or None for a name that is not of this form."""
    match = _NAME.fullmatch(name)
    return StatementName(match[1], int(match[2]), match[3]) if match else None
