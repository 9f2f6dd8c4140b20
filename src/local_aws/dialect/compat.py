"""The SQL that turns an empty PostgreSQL database into one that knows Redshift's functions and views."""

from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "compat"


def compat_sql() -> str:
    """One script for a fresh (template) database, run once by a superuser, in one simple query without parameters."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(_FOLDER.glob("*.sql")))
