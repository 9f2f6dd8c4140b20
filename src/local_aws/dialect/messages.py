"""Redshift's wording of what PostgreSQL reports."""

import re
from functools import cache

from local_aws.dialect import vocabulary

# Lines of the context that tell of the stand-in's own functions; Redshift has none for functions in SQL.
_OURS = re.compile(r".*local_aws|SQL function ")
_table = cache(vocabulary.table)
NULL_IN_COLUMN = "23502"  # PostgreSQL's detail shows the whole row
CONFLICT = "could not complete because of conflict with concurrent transaction"
NAVIGATION = "navigation of this expression: give it a name in a subquery"
# The schema in which calls of functions that Redshift does not have look for them, in vain.
ABSENT = "local_aws."


def error_text(sqlstate: str, message: str, detail: str = "", hint: str = "", context: str = "") -> str:
    """Return the Error of DescribeStatement, from the fields of PostgreSQL's diagnostics.

    The first line begins with `ERROR:`; detail, hint and context follow on lines of their own, without those that
    tell of the stand-in's own functions. A serialisation failure is Redshift's error 1023.
    """
    if sqlstate == "40001":
        where = f"table - {detail}" if detail else "table in Redshift"
        return f"ERROR: 1023\n  Detail: Serializable isolation violation on {where}"
    if sqlstate == "2D000" and not message.startswith("TRUNCATE"):
        statement = "ROLLBACK" if "at ROLLBACK" in context else "COMMIT"
        message = f"{statement} cannot be invoked from a procedure that is executing in an atomic context."
    for words, pattern in _table("messages").get(sqlstate, {}).items():
        if found := re.search(pattern.replace("\n", ""), message, re.DOTALL):
            group = found[1] if found.re.groups else ""
            told = words.format("", group, name=group.upper())
            message = message[: found.start()] + told + message[found.end() :]
    if message == CONFLICT:
        return f"ERROR: {CONFLICT}"
    where = "\n".join(line for line in context.splitlines() if not _OURS.match(line))
    detail = "" if sqlstate == NULL_IN_COLUMN else detail
    hint = _table("messages")["hints"].get(sqlstate, hint)
    parts = {"Detail": detail, "Hint": hint, "Where": where}
    lines = [f"  {name}: {text.strip()}" for name, text in parts.items() if text.strip()]
    return "\n".join([f"ERROR: {message}", *lines])
