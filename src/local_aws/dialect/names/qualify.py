"""QUALIFY: the query becomes a subquery that also computes the condition; its columns are told apart by position."""

from local_aws.dialect.lexing.literals import quoted_name
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.names.asking import Asking
from local_aws.dialect.names.columns import columns_of
from local_aws.dialect.queries.selects import CLAUSES, Select, select_before
from local_aws.dialect.refusals import UnsupportedError


def qualify(tokens: Tokens, i: int) -> Asking[None]:
    """Rewrite the QUALIFY at i. An ORDER BY goes into the subquery, for it may use what the query does not return."""
    start = select_before(tokens, i)
    assert start is not None  # noqa: S101 - is_qualify
    select = Select(tokens, start)
    behind = select.first_of("order", "limit", "offset")
    cut = behind if select.in_set_operation else select.first_of("limit", "offset")
    if "into" in select.clauses or "from" not in select.clauses:
        raise UnsupportedError("QUALIFY in SELECT ... INTO or without FROM")
    top = _take_top(tokens, select)
    names = yield from columns_of(tokens, start, tokens.render(start, i))
    condition = tokens.render(i + 1, behind).strip()
    inner = ", ".join(f"local_aws_{n}" for n in range(len(names)))
    outer = ", ".join(f"local_aws_{n} AS {quoted_name(name)}" for n, name in enumerate(names))
    tokens.drop(i, behind)
    tokens.before(start, f"SELECT {top}{outer} FROM (")  # noqa: S608 - names of the user's own SQL
    tokens.after(select.first_of(*CLAUSES) - 1, f", ({condition}\n)")
    tokens.after(cut - 1, f") AS local_aws_qualified ({inner}, local_aws_qualify) WHERE local_aws_qualify")


def _take_top(tokens: Tokens, select: Select) -> str:
    """TOP n, which counts what is left, and is taken out of the query."""
    at = select.start + 1
    while tokens.low[at] in ("distinct", "all"):
        at += 1
    if tokens.low[at] != "top" or not tokens.low[at + 1].isdigit():
        return ""
    top = f"TOP {tokens.text[at + 1]} "
    tokens.drop(at, at + 2)
    return top
