"""The engine's own tables that Redshift has otherwise: views of those names are in the schema local_aws."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.queries.selects import BEFORE_SOURCE

TABLES = ("pg_attribute", "pg_class", "pg_index", "pg_attrdef", "pg_default_acl")


def look_up(tokens: Tokens, i: int) -> None:
    """Look up the name at i where it is a table: [pg_catalog.]pg_attribute, but not the qualifier of a column."""
    before = tokens.low[i - 1]
    if tokens.low[i + 1] in (".", "(") or tokens.text[i][:1] == '"':
        return
    if before in BEFORE_SOURCE:
        tokens.text[i] = f"local_aws.{tokens.text[i]}"
    elif before == "." and tokens.low[i - 2] == "pg_catalog" and tokens.low[i - 3] in BEFORE_SOURCE:
        tokens.text[i - 2] = "local_aws"
