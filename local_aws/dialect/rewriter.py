"""Redshift SQL to PostgreSQL SQL: which rules run on which tokens."""

from local_aws.dialect import expressions, procedures, statements, transactions
from local_aws.dialect.plpgsql import Parser, leaves
from local_aws.dialect.tokens import Tokens


def rewrite(sql: str) -> str:
    """The same script for PostgreSQL; SQL without any Redshift construct comes back byte for byte.

    Rewriting twice is rewriting once. Raises UnsupportedError for what the stand-in does not imitate.
    """
    tokens = Tokens(sql)
    for start, end in tokens.statements():
        procedures.rewrite_definition(tokens, start, end, _rewrite_body)
        statements.apply(tokens, start, end)
    expressions.apply(tokens)
    return tokens.render()


def _rewrite_body(body: str, nonatomic: bool) -> str:
    tokens = Tokens(body)
    nodes = Parser(tokens).parse()
    for leaf in leaves(nodes):
        statements.apply(tokens, leaf.start, leaf.end)
    expressions.apply(tokens)
    transactions.apply(tokens, nodes)
    return tokens.render()
