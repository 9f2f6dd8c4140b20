"""Names that become part of SQL: checked against what they may be, then quoted."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from prefect_redshift.exceptions import FrameError

# Redshift's limit of an identifier.
MAX_NAME_BYTES = 127
# Beside letters and digits what names of files' columns have; none of it means anything within double quotes.
_QUOTABLE = r"[\w$][\w$ .,;+/#%&()\-]*"
_COLUMN = re.compile(_QUOTABLE)
_PART = rf'[^\W\d][\w$]*|"{_QUOTABLE}"'
_TABLE = re.compile(rf"(?:({_PART})\.)?({_PART})")
# What a key in S3 may have that needs no care anywhere.
_NO_KEY = re.compile(r"[^A-Za-z0-9_/-]")
_LONGEST_FOLDER = 400
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_LOCATION = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/?((?:[\w!.*()=+@-]+/?)*)", re.ASCII)


@dataclass(frozen=True)
class TableName:
    """A table, with its schema where one was named."""

    schema: str
    table: str

    @classmethod
    def parse(cls, name: str) -> "TableName":
        """Read `table` or `schema.table`, either of them perhaps in double quotes.

        Raises:
            FrameError: It is neither.
        """
        match = _TABLE.fullmatch(name)
        parts = [_unquoted(part or "") for part in match.groups()] if match else []
        if not parts or any(len(part.encode()) > MAX_NAME_BYTES for part in parts):
            raise FrameError(
                f"{name!r} is no name of a table: write table or schema.table, each of letters, digits and _, or in "
                "double quotes."
            )
        return cls(*parts)

    @property
    def lowered(self) -> "TableName":
        """The name as a warehouse holds it that does not tell capitals apart, as most do."""
        return TableName(_lowered(self.schema), _lowered(self.table))

    @property
    def sql(self) -> str:
        """The name as SQL has it."""
        return ".".join(quoted(part) for part in (self.schema, self.table) if part)


def _unquoted(part: str) -> str:
    """Return the name that SQL means: without quotes, capitals mean nothing."""
    return part[1:-1] if part.startswith('"') else _lowered(part)


def _lowered(name: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def quoted(name: str) -> str:
    """Return a checked name as a delimited identifier."""
    return f'"{name}"'


def check_columns(names: Iterable[str]) -> None:
    """Check names of columns, which Redshift tells apart without regard to case.

    Raises:
        FrameError: One cannot be a column's name, or two are the same.
    """
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str) or not _COLUMN.fullmatch(name) or len(name.encode()) > MAX_NAME_BYTES:
            raise FrameError(
                f"{name!r} is no name of a column: rename it to letters, digits and _, up to 127 bytes."
            )
        if name.lower() in seen:
            raise FrameError(f"Two columns are called {name!r}, in one case or another: rename one.")
        seen.add(name.lower())


def role_sql(iam_role: str) -> str:
    """Return what follows IAM_ROLE: the word default, or the ARN of a role, or several that are chained, as a literal.

    Raises:
        FrameError: It is neither.
    """
    if iam_role == "default":
        return "default"
    if not all(_ROLE.fullmatch(arn) for arn in _chained(iam_role)):
        raise FrameError(
            f"{iam_role!r} is no IAM role: write default or arn:aws:iam::123456789012:role/NAME, the role that the "
            "cluster or namespace assumes."
        )
    return f"'{iam_role}'"


def _chained(iam_role: str) -> list[str]:
    return re.split(r",(?=arn:)", iam_role)


def location(url: str | None) -> tuple[str, str]:
    """Return the bucket and the prefix of `s3://bucket/prefix/`; a prefix ends in a slash, or is empty.

    Raises:
        FrameError: It is none, or is not there.
    """
    if not url:
        raise FrameError(
            "Frames pass through S3: set s3_prefix of the block, or of this call, to s3://BUCKET/PREFIX/."
        )
    match = _LOCATION.fullmatch(url)
    if match is None:
        raise FrameError(f"{url!r} is no place in S3: write s3://BUCKET/PREFIX/.")
    prefix = match[2].rstrip("/")
    return match[1], f"{prefix}/" if prefix else ""


def folder_of(name: str) -> str:
    """Return the folder in S3 of the files of work of that name, which is within no other name's folder."""
    # No beginning has a point.
    return f"{beginning_of(name)}.files/"


def beginning_of(name_prefix: str) -> str:
    """Return what the folders begin with of all work whose names begin so, as far as 400 characters go."""
    made = _NO_KEY.sub(lambda match: "".join(f"={byte:02X}" for byte in match[0].encode()), name_prefix)
    if len(made) <= _LONGEST_FOLDER:
        return made
    return f"{made[:_LONGEST_FOLDER]}={hashlib.sha256(name_prefix.encode()).hexdigest()}"
