"""What goes wrong in COPY and UNLOAD.

TransferProblem   the statement fails, with this text
RejectedRow       one row cannot be loaded; MAXERROR says how many may be
"""

from dataclasses import dataclass


class TransferProblem(Exception):  # noqa: N818 - it becomes the statement's Error
    """Why COPY or UNLOAD fails."""


class RejectedRow(Exception):  # noqa: N818 - it becomes a row of stl_load_errors
    """Why one row is not loaded: `code` and `reason` are Redshift's, `column` counts from 0."""

    def __init__(self, code: int, reason: str, column: int | None = None, value: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.column = column
        self.value = value


@dataclass(frozen=True)
class Place:
    """Where a row comes from: `line` counts from 1."""

    file: str
    line: int
