"""Redshift's wording of what PostgreSQL reports."""

import re
from collections.abc import Callable

_NOT_NULL = re.compile(r'null value in column "(.*?)"')
_MERGE = "Found multiple matches to update the same tuple."
NAVIGATION = "navigation of this expression: give it a name in a subquery"
# The schema in which calls of functions that Redshift does not have look for them, in vain.
ABSENT = "local_aws."
_FUNCTION = re.compile(r"function (?:pg_catalog\.)?(\w+)\(")
# Functions of Redshift that the engine does not know, by what their names begin with.
_REDSHIFTS = tuple(
    """st_ geometrytype supports_bbox addbbox dropbbox h3_ hll explain_model array_contains array_position
    array_distinct array_union array_except array_intersection array_sort arrays_overlap get_number_attributes
    change_query_priority change_session_priority change_user_priority reboot_cluster default_iam_role
    has_assumerole_privilege pg_get_cols pg_get_iam_role_by_user pg_get_grantee_by_iam_role pg_get_session_roles
    current_session_arn""".split()  # noqa: SIM905
)


def _unknown_function(message: str) -> str:
    """Name what Redshift has and the stand-in has not."""
    message = message.replace(ABSENT, "")
    name = _first(_FUNCTION, message)
    return (
        f"local stand-in does not support the function {name.upper()}"
        if name.startswith(_REDSHIFTS)
        else message
    )


# By SQLSTATE: the message in Redshift's words, from PostgreSQL's.
_MESSAGES: dict[str, Callable[[str], str]] = {
    "23502": lambda message: f"Cannot insert a NULL value into column {_first(_NOT_NULL, message)}",
    "428C9": lambda message: (
        "cannot set an identity column to a value" if "non-DEFAULT value into" in message else message
    ),
    "42809": lambda message: (
        f"local stand-in does not support {NAVIGATION}" if message.startswith("column notation") else message
    ),
    "22P02": lambda message: message.replace("invalid input syntax for type ", "invalid input syntax for "),
    "21000": lambda message: _MERGE if message.startswith("MERGE command cannot affect row") else message,
    "0A000": lambda message: message.replace(
        "cross-database references are not implemented",
        "local stand-in does not support names of other databases",
    ),
    "57014": lambda _: "Query cancelled on user's request",  # also of statement_timeout
}
_HINTS = {
    "21000": None,
    "428C9": None,
    "2D000": (
        "Try calling the procedure as a top-level call i.e. not from within an explicit transaction block. \n"
        "Or, if this procedure (or one of its ancestors in the call chain) was created with SET config options,"
        " recreate the procedure without them."
    ),
}


def error_text(
    sqlstate: str,
    message: str,
    detail: str | None = None,
    hint: str | None = None,
    context: str | None = None,
) -> str:
    """Return the Error of DescribeStatement, from the fields of PostgreSQL's diagnostics (empty or None where missing).

    The first line begins with `ERROR:`; detail, hint and context follow on lines of their own, without those that
    tell of the stand-in's own functions. A serialisation failure is Redshift's error 1023.
    """
    if sqlstate == "40001":
        where = f"table - {detail}" if detail else "table in Redshift"
        return f"ERROR: 1023\n  Detail: Serializable isolation violation on {where}"
    if sqlstate == "2D000" and not message.startswith("TRUNCATE"):
        statement = "ROLLBACK" if "at ROLLBACK" in (context or "") else "COMMIT"
        message = f"{statement} cannot be invoked from a procedure that is executing in an atomic context."
    message = _MESSAGES.get(sqlstate, str)(message)
    if sqlstate == "42883":
        message = _unknown_function(message)
    where = "\n".join(line for line in (context or "").splitlines() if "local_aws" not in line)
    parts = (("Detail", detail), ("Hint", _HINTS.get(sqlstate, hint)), ("Where", where))
    return "\n".join(
        [f"ERROR: {message}", *(f"  {name}: {text.strip()}" for name, text in parts if text and text.strip())]
    )


def _first(pattern: re.Pattern[str], message: str) -> str:
    match = pattern.search(message)
    return match[1] if match else message
