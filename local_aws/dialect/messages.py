"""Redshift's wording of what PostgreSQL reports."""


def error_text(
    sqlstate: str,
    message: str,
    detail: str | None = None,
    hint: str | None = None,
    context: str | None = None,
) -> str:
    """The Error of DescribeStatement for an engine error; arguments are those of PostgreSQL's diagnostics."""
    if sqlstate in ("40001", "40P01"):
        relation = (detail or message).rstrip(".")
        return f"ERROR: 1023\nDETAIL: Serializable isolation violation on table - {relation}"
    lines = [f"ERROR: {message}"]
    lines += [
        f"  {name}: {value}"
        for name, value in (("Detail", detail), ("Hint", hint), ("Where", context))
        if value
    ]
    return "\n".join(lines)
