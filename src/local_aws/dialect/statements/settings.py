"""SET, RESET and SHOW of parameters that only Redshift has: they are kept, and do nothing."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.literals import literal_value, quoted
from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.dialect.refusals import RedshiftError, UnsupportedError

_PREFIXES = tuple(vocabulary.words("redshift_prefixes"))
_DEFAULTS = vocabulary.meanings("defaults")
_REDSHIFT = vocabulary.words("redshift_parameters") | _DEFAULTS.keys()
_SHARED = vocabulary.words("shared_parameters")
_REFUSED = vocabulary.meanings("refused_values")
_SHOWN_BY_ALL = ("datestyle", "extra_float_digits", "search_path", "statement_timeout", "timezone")


def assign(tokens: Tokens, start: int, end: int) -> None:
    """SET [SESSION | LOCAL] name TO value; RESET name."""
    if tokens.matches(start + 1, "session", "authorization"):  # which PostgreSQL leaves to its superusers
        tokens.text[start + 1], tokens.text[start + 2] = "ROLE", ""
        if tokens.low[start + 3] == "default":
            tokens.text[start + 3] = "NONE"
        return
    at = start + 2 if tokens.low[start + 1] in ("session", "local") and start + 2 < end else start + 1
    name = _name(tokens, at)
    check(name)
    if tokens.low[at + 1] == ".":  # a variable of the session's own
        tokens.text[at + 2] = f'"{identifier(tokens.text[at + 2])}"'
    elif name == "session_authorization":
        tokens.text[at] = "role"
    elif tokens.matches(at, "timezone", "interval"):
        tokens.text[at] = "TIME ZONE"
    value = tokens.text[end - 1].strip("'").lower()
    if value in _REFUSED.get(name, "").split():
        raise UnsupportedError(f"SET {name} TO {value}")
    if is_redshift(name):
        tokens.before(at, "local_aws.")


def show(tokens: Tokens, start: int) -> None:
    """SHOW name: Redshift's parameters have a value from the beginning."""
    name = _name(tokens, start + 1)
    check(name)
    if name == "all":
        names = [*_SHOWN_BY_ALL, *_DEFAULTS]
        rows = ", ".join(f"('{name}', {value_of(name)})" for name in sorted(names))
        tokens.text[start] = "SELECT * FROM"
        tokens.text[start + 1] = f"(VALUES {rows}) AS settings (name, setting)"
    elif tokens.low[start + 2] == ".":
        tokens.text[start + 3] = f'"{identifier(tokens.text[start + 3])}"'
    elif is_redshift(name):
        tokens.text[start] = f"SELECT {value_of(name)} AS"


def value_of(name: str) -> str:
    """Return the SQL of a parameter's value."""
    if not is_redshift(name):
        return f"current_setting({quoted(name)})"
    default = _DEFAULTS.get(name, "unset")
    return f"coalesce(nullif(current_setting('local_aws.{name}', true), ''), '{default}')"


def is_redshift(name: str) -> bool:
    """Whether only Redshift has a parameter of this name."""
    return name.startswith(_PREFIXES) or name in _REDSHIFT


def _name(tokens: Tokens, at: int) -> str:
    """Return the parameter at `at`, whose name may be quoted and have two parts."""
    name = identifier(tokens.text[at])
    return (f"{name}.{identifier(tokens.text[at + 2])}" if tokens.low[at + 1] == "." else name).lower()


def check(name: str) -> None:
    """Refuse the name of a parameter that only PostgreSQL has; one with a dot is a variable of the session's own."""
    if name not in _SHARED and not is_redshift(name) and name.removeprefix("plpgsql.").isidentifier():
        raise RedshiftError(f'unrecognized configuration parameter "{name}"')


def searched_schemas(sql: str) -> list[str]:
    """Return the schemas that SET search_path names; none for any other statement."""
    tokens = Tokens(sql)
    at = 2 if tokens.low[1] in ("session", "local") else 1
    if tokens.low[0] != "set" or tokens.low[at] != "search_path" or tokens.low[at + 2] == "default":
        return []
    parts = [tokens.text[i] for i in range(at + 2, tokens.end, 2) if tokens.text[i] != ";"]
    names = [literal_value(part) if part[:1] == "'" else identifier(part) for part in parts]
    return [name for name in names if name not in ("$user", "pg_temp", "")]
