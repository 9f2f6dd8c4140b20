"""Redshift's error handling in procedures, in PostgreSQL's terms.

Redshift's default mode: an error rolls the whole transaction back, the handler runs in a new one, which is
committed, and the original error is raised again. PostgreSQL would keep the work done before the block, and
swallow the error. So the protected part becomes an inner block that only remembers the error, and the handler
follows it outside, where ROLLBACK and COMMIT are legal.
"""

from local_aws.dialect.errors import UnsupportedError
from local_aws.dialect.plpgsql import Block, Leaf, Node, blocks, leaves
from local_aws.dialect.tokens import Tokens

_MARK = "local_aws_failed"
_DECLARE = f" {_MARK} boolean := false; local_aws_state text; local_aws_message text; local_aws_detail text; local_aws_hint text;"
_CATCH = (
    "EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS local_aws_state = RETURNED_SQLSTATE,"
    " local_aws_message = MESSAGE_TEXT, local_aws_detail = PG_EXCEPTION_DETAIL, local_aws_hint = PG_EXCEPTION_HINT;"
    f" {_MARK} := true; END;"
)
_RAISE = (
    "RAISE EXCEPTION USING ERRCODE = local_aws_state, MESSAGE = local_aws_message,"
    " DETAIL = local_aws_detail, HINT = local_aws_hint;"
)
# Statements of a handler that need no transaction of their own.
_HARMLESS = frozenset(("raise", "null", "get", "return", "exit", "continue"))


def apply(tokens: Tokens, nodes: list[Node]) -> None:
    """Rewrite every block with a handler."""
    if _MARK in tokens.low:
        return
    for block in blocks(nodes):
        if block.exception is not None:
            _check(tokens, block)
            _handle(tokens, block)


def _check(tokens: Tokens, block: Block) -> None:
    assert block.exception is not None  # noqa: S101
    if (
        not tokens.matches(block.exception, "exception", "when", "others", "then")
        or tokens.low[block.end] != "end"
    ):
        raise UnsupportedError("exception conditions other than OTHERS")


def _handle(tokens: Tokens, block: Block) -> None:
    assert block.exception is not None  # noqa: S101
    ends = [
        leaf for leaf in leaves(block.body) if tokens.low[leaf.start] in ("commit", "rollback", "truncate")
    ]
    if not _needs_transaction(tokens, block.handler) and not ends:
        if not tokens.matches(block.end - 2, "raise", ";"):
            tokens.before(block.end, "RAISE; ")
        return
    raise UnsupportedError("this")


def _needs_transaction(tokens: Tokens, handler: list[Node]) -> bool:
    return any(not _harmless(tokens, leaf) for leaf in leaves(handler))


def _harmless(tokens: Tokens, leaf: Leaf) -> bool:
    words = tokens.low[leaf.start : leaf.end]
    return words[0] in _HARMLESS or (":=" in words and "select" not in words)
