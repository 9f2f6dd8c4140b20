"""Names that may stand in SQL: only these are ever put into a statement, values never are."""

import re

from prefect_redshift.exceptions import PipelineError

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_$]{0,126}")


def identifier(name: str, what: str) -> str:
    """Return a name of a schema or a column that needs no quotes in SQL.

    Raises:
        PipelineError: It has other characters than lower case letters, digits, `_` and `$`, or begins with a digit.
    """
    if not _IDENTIFIER.fullmatch(name):
        raise PipelineError(
            f"{what} {name!r} is not a plain identifier: use lower case letters, digits and underscores, and begin "
            "with a letter."
        )
    return name


def table_name(name: str) -> str:
    """Return a table's name, `table` or `schema.table`, that needs no quotes in SQL.

    Raises:
        PipelineError: It has more parts, or one of them is not a plain identifier.
    """
    parts = name.split(".")
    if len(parts) > 2:
        raise PipelineError(f"The table {name!r} has {len(parts)} parts: write `table` or `schema.table`.")
    return ".".join(identifier(part, "The table") for part in parts)
