"""What goes wrong in COPY and UNLOAD.

TransferProblem   the statement fails, with this text
RejectedRow       one row cannot be loaded; MAXERROR says how many may be
"""

from dataclasses import dataclass


class TransferProblem(Exception):  # noqa: N818 - it becomes the statement's Error
    """Why COPY or UNLOAD fails."""


@dataclass(eq=False)
class RejectedRow(Exception):  # noqa: N818 - it becomes a row of stl_load_errors
    """Why one row is not loaded: `code` and `reason` are Redshift's, `column` counts from 0."""

    code: int
    reason: str
    column: int | None = None
    value: str = ""


@dataclass(frozen=True)
class Place:
    """Where a row comes from: `line` counts from 1."""

    file: str
    line: int
