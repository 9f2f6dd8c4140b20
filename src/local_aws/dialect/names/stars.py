"""SELECT * EXCLUDE columns."""

from local_aws.dialect.lexing.literals import quoted_name
from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.dialect.names.asking import Asking
from local_aws.dialect.names.columns import columns_of
from local_aws.dialect.queries.selects import select_of
from local_aws.dialect.refusals import RedshiftError, UnsupportedError

_BEFORE_STAR = frozenset(("select", ",", ".", "distinct", "all"))


def is_exclude(tokens: Tokens, i: int) -> bool:
    """Whether the word EXCLUDE at i follows a `*`."""
    return tokens.low[i - 1] == "*" and tokens.low[i - 2] in _BEFORE_STAR


def exclude(tokens: Tokens, i: int) -> Asking[None]:
    """Rewrite the EXCLUDE at i: its `*` becomes a list of the other columns."""
    select, _ = select_of(tokens, i)
    first = i - 1
    while tokens.low[first - 1] == "." or tokens.low[first] == ".":
        first -= 1
    owner = tokens.render(first, i - 1).strip()
    names = yield from columns_of(tokens, select.start, f"SELECT {owner}* {select.source()}")
    stop = _end_of_list(tokens, i)
    out = {identifier(tokens.text[j]) for j in range(i + 1, stop) if is_name(tokens, j)}
    if missing := sorted(out - set(names)):
        raise RedshiftError(f'column "{missing[0]}" does not exist')
    kept = [name for name in names if name not in out]
    if not owner and len(set(names)) < len(names):
        raise UnsupportedError("* EXCLUDE of tables with columns of the same name")
    if not kept:
        raise UnsupportedError("* EXCLUDE of all columns")
    tokens.put(first, stop, ", ".join(owner + quoted_name(name) for name in kept))


def _end_of_list(tokens: Tokens, i: int) -> int:
    """Where the list of names behind the EXCLUDE at i ends."""
    if tokens.low[i + 1] == "(":
        return tokens.close(i + 1) + 1
    stop = i + 2
    while (
        tokens.low[stop] == "," and is_name(tokens, stop + 1) and tokens.low[stop + 2] in (",", "from", ")")
    ):
        stop += 2
    return stop
