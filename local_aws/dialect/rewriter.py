"""Redshift SQL to PostgreSQL SQL: which rules run on which tokens."""

from local_aws.dialect import dynamic, expressions, procedures, statements
from local_aws.dialect.errors import UnsupportedError
from local_aws.dialect.plpgsql import Parser, leaves
from local_aws.dialect.tokens import Tokens
from local_aws.dialect.transactions import TransactionRules


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


def _rewrite_body(body: str, nonatomic: bool, plpgsql: bool) -> str:
    if not plpgsql:
        return rewrite(body)
    tokens = Tokens(body)
    nodes = Parser(tokens).parse()
    for leaf in leaves(nodes):
        if tokens.low[leaf.start] == "vacuum":
            raise UnsupportedError("VACUUM in a procedure, and neither does Redshift")
        statements.apply(tokens, leaf.start, leaf.end)
    TransactionRules(tokens, nonatomic).apply(nodes)
    for i, word in enumerate(tokens.low):
        if word == "execute":
            dynamic.rewrite_execute(tokens, i, rewrite)
    expressions.apply(tokens)
    return tokens.render()
