"""Redshift's wording of what PostgreSQL reports."""

import re
from collections.abc import Callable

CONFLICT = "could not complete because of conflict with concurrent transaction"
NAVIGATION = "navigation of this expression: give it a name in a subquery"
# The schema in which calls of functions that Redshift does not have look for them, in vain.
ABSENT = "local_aws."
_LACKS = "local stand-in does not support"
# Functions of Redshift that the engine does not know, by what their names begin with.
_FUNCTIONS = "|".join(
    """st_ geometrytype supports_bbox addbbox dropbbox h3_ hll explain_model array_contains array_position
    array_distinct array_union array_except array_intersection array_sort arrays_overlap get_number_attributes
    change_query_priority change_session_priority change_user_priority reboot_cluster default_iam_role
    has_assumerole_privilege pg_get_cols pg_get_iam_role_by_user pg_get_grantee_by_iam_role pg_get_session_roles
    pg_timezone_ current_session_arn size\\b""".split()  # noqa: SIM905
)
_SYSTEM_VIEWS = (
    r"(?:st[lv]|sv[lv]|svcs)_\w+|sys_(?:query|load|unload|connection|procedure|serverless|external|stream|datashare|copy"
    r"|vacuum|analyze|restore|session|mv|schema|undone|udf|transaction|integration|spatial|auto|automatic|child|applied"
    r"|extra)_\w+|sys_userlog"
)


def _lacks_function(found: re.Match[str]) -> str:
    return f"{_LACKS} the function {found[1].upper()}"


# SQLSTATE, what PostgreSQL's message begins with, and the message in Redshift's words.
_WORDS: list[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (state, re.compile(pattern, re.DOTALL), words)
    for state, pattern, words in (
        ("23502", r'null value in column "(.*?)".*', r"Cannot insert a NULL value into column \1"),
        ("428C9", r"cannot insert a non-DEFAULT value into.*", "cannot set an identity column to a value"),
        ("42809", r"column notation.*", f"{_LACKS} {NAVIGATION}"),
        ("22P02", r"invalid input syntax for type (.*)", r"invalid input syntax for \1"),
        ("22003", r"numeric field overflow", "Numeric data overflow (result precision)"),
        ("22021", r"invalid byte sequence.* 0x00", f"{_LACKS} null characters in text"),
        ("21000", r"MERGE command cannot affect row.*", "Found multiple matches to update the same tuple."),
        ("0A000", r"cross-database references are not implemented", f"{_LACKS} names of other databases"),
        ("57014", r".*", "Query cancelled on user's request"),  # also of statement_timeout
        # Two transactions that make the same object, or change the same row of the catalogue; no constraint of a user's
        # is enforced.
        ("23505", r'.*"pg_\w+".*', CONFLICT),
        ("XX000", r"tuple concurrently .*", CONFLICT),
        ("42883", rf"function (?:\w+\.)?((?:{_FUNCTIONS})\w*)\(.*", _lacks_function),
        ("42883", re.escape(ABSENT), ""),
        ("42P01", rf'relation "(?:pg_catalog\.)?({_SYSTEM_VIEWS})" .*', rf"{_LACKS} the system view \1"),
        ("42501", r"permission denied for table (pg_statistic)", rf"{_LACKS} \1"),
        ("42703", r'column "(current_aws_account|current_namespace)" .*', rf"{_LACKS} \1"),
    )
]
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
    for state, pattern, words in _WORDS:
        if state == sqlstate:
            message = pattern.sub(words, message, count=1)
    if message == CONFLICT:
        return f"ERROR: {CONFLICT}"
    where = "\n".join(line for line in (context or "").splitlines() if "local_aws" not in line)
    parts = (("Detail", detail), ("Hint", _HINTS.get(sqlstate, hint)), ("Where", where))
    return "\n".join(
        [f"ERROR: {message}", *(f"  {name}: {text.strip()}" for name, text in parts if text and text.strip())]
    )
