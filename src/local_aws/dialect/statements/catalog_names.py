"""pg_class and its like: Redshift's have columns of their own, so queries read the views of compat/ over them."""

from local_aws.dialect.lexing.tokens import Tokens

NAMES = ("pg_class", "pg_attribute", "pg_attrdef", "pg_default_acl")


def extend(tokens: Tokens, i: int) -> None:
    """The name at i, where it is that of a table in FROM."""
    first = i - 2 if i > 1 and tokens.matches(i - 2, "pg_catalog", ".") else i
    if tokens.low[i + 1] != "." and first and tokens.low[first - 1] in ("from", "join", ","):
        tokens.drop(first, i)
        tokens.lead[i] = tokens.lead[i] or " "
        tokens.text[i] = f"local_aws.{tokens.low[i]}"
