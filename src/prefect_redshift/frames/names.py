"""Names that become part of SQL: checked against what they may be, then quoted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from prefect_redshift.exceptions import FrameError

# Redshift's limit of an identifier.
MAX_NAME_BYTES = 127
_TABLE = re.compile(r"[^\W\d][\w$]*")
# Beside letters and digits what column names of files have; none of it means anything within double quotes.
_COLUMN = re.compile(r"[\w$][\w$ .,;+/#%&()\-]*")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_LOCATION = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/?((?:[\w!.*()=+@-]+/?)*)", re.ASCII)


@dataclass(frozen=True)
class TableName:
    """A table, with its schema where one was named."""

    schema: str
    table: str

    @classmethod
    def parse(cls, name: str) -> "TableName":
        """Read `table` or `schema.table`.

        Raises:
            FrameError: It is neither.
        """
        schema, _, table = name.rpartition(".")
        for part in (schema, table) if "." in name else (table,):
            if not _TABLE.fullmatch(part) or len(part.encode()) > MAX_NAME_BYTES:
                raise FrameError(
                    f"{name!r} is no name of a table: write table or schema.table, of letters, digits and _."
                )
        return cls(schema, table)

    @property
    def sql(self) -> str:
        """The name as SQL has it."""
        return ".".join(quoted(part) for part in (self.schema, self.table) if part)


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
