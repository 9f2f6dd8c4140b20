"""Redshift SQL to PostgreSQL SQL: which rules run on which tokens."""

from contextvars import copy_context

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.procedures import definitions as procedures
from local_aws.dialect.procedures import dynamic
from local_aws.dialect.procedures.plpgsql import Parser, blocks, leaves
from local_aws.dialect.procedures.transactions import TransactionRules
from local_aws.dialect.queries import expressions
from local_aws.dialect.queries.selects import Select
from local_aws.dialect.refusals import UnsupportedError, refuse_as_redshift
from local_aws.dialect.statements import locks, quoted_names, transfers, types, unsupported
from local_aws.dialect.statements import rules as statements


def rewrite(sql: str) -> str:
    """Return the same script for PostgreSQL; SQL without any Redshift construct comes back byte for byte.

    Rewriting twice is rewriting once. Raises UnsupportedError for what the stand-in does not imitate.
    """
    return rewrite_tokens(Tokens(sql))


def rewrite_tokens(tokens: Tokens) -> str:
    """Return the same for a script in tokens, which are used up."""
    return _rewrite(tokens, inside=False)


def rewrite_dynamic(sql: str) -> str:
    """Return the same for EXECUTE, which takes several statements, with the locks of writers, COPY and UNLOAD."""
    context = copy_context()
    if sql.startswith(quoted_names.KEEP_CASE_MARK):
        context.run(quoted_names.KEEP_CASE.set, True)
    tokens = Tokens(sql.removeprefix(quoted_names.KEEP_CASE_MARK))
    return context.run(_rewrite, tokens, inside=True)


def written_table(sql: str) -> str | None:
    """Return the table that a single (rewritten) statement writes to, as it is spelt; None when it writes to none."""
    return locks.written_table(Tokens(sql), 0)


def _rewrite(tokens: Tokens, *, inside: bool) -> str:
    _check_names(tokens)
    quoted_names.fold(tokens)
    for start, end in tokens.statements():
        if inside and transfers.is_transfer(tokens, start):
            transfers.hand_over(tokens, start, end, "SELECT", rewrite)
            continue
        if inside:
            locks.lock_first(tokens, start)
        procedures.rewrite_definition(tokens, start, end, _rewrite_body)
        statements.begin(tokens, start, end)
        statements.apply(tokens, start, end)
    expressions.apply(tokens)
    return tokens.render()


def _rewrite_body(body: str, nonatomic: bool, plpgsql: bool) -> str:
    tokens = Tokens(body)
    if not plpgsql:
        query = Select(tokens, tokens.low.index("select")) if "select" in tokens.low else None
        if query and (query.clauses or tokens.low.count("select") > 1):
            refuse_as_redshift("functions in SQL of more than one expression")
        return rewrite(body)
    _check_names(tokens)
    quoted_names.fold(tokens)
    try:
        nodes = Parser(tokens).parse()
    except RecursionError:
        raise UnsupportedError("blocks nested hundreds deep") from None
    words = set(tokens.low)
    if not any(word.startswith("local_aws_") for word in words):  # else rewritten already
        if {"foreach", "strict"} & words:
            unsupported.check(tokens, "body", 0, tokens.end)
        for leaf in leaves(nodes):
            unsupported.check(tokens, f"leaf:{tokens.low[leaf.start]}", leaf.start, leaf.end)
    for leaf in leaves(nodes):
        if transfers.is_transfer(tokens, leaf.start):
            transfers.hand_over(tokens, leaf.start, leaf.end, "PERFORM", rewrite)
            continue
        locks.lock_first(tokens, leaf.start)
        statements.apply(tokens, leaf.start, leaf.end)
    for block in blocks(nodes):
        if block.declare is not None:
            types.in_declarations(tokens, block.declare, block.begin)
    TransactionRules(tokens, nonatomic, lambda text: _finish(Tokens(text))).apply(nodes)
    return _finish(tokens)


def _finish(tokens: Tokens) -> str:
    """Do what is done last, in statements of a body and in parts of them."""
    expressions.apply(tokens)
    # After its expression, around which it puts a call.
    for i, word in enumerate(tokens.low):
        if word == "execute":
            dynamic.rewrite_execute(tokens, i, rewrite_dynamic)
    return tokens.render()


def _check_names(tokens: Tokens) -> None:
    """PostgreSQL cuts names after 63 bytes, Redshift after 127."""
    for text in set(tokens.text):
        name = text[1:-1] if text[:1] == '"' == text[-1:] else text
        if len(name.encode()) > 63 and (name != text or name.isidentifier()):
            raise UnsupportedError("names longer than 63 bytes")
