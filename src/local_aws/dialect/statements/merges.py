"""MERGE as Redshift has it: both clauses, no conditions, no alias of the target; or REMOVE DUPLICATES."""

from collections.abc import Iterator

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.queries import expressions
from local_aws.dialect.queries.selects import top_level
from local_aws.dialect.refusals import UnsupportedError, refuse_as_redshift
from local_aws.dialect.statements.unsupported import syntax_error

_MATCHED = ("when", "matched", "then")
_NOT_MATCHED = ("when", "not", "matched", "then")


def merge(tokens: Tokens, start: int, end: int) -> None:
    """MERGE INTO target USING source [[AS] alias] ON condition ..."""
    if tokens.low[start + 1] != "into":
        syntax_error(tokens, start + 1)
    using = tokens.after_name(start + 2)
    if tokens.low[using] != "using":
        syntax_error(tokens, using)
    clauses = [i for i in _outside_cases(tokens, using, end) if tokens.low[i] == "when"]
    if tokens.matches(end - 2, "remove", "duplicates") and not clauses:
        _simplified(tokens, start, using, end)
        return
    for i in clauses:
        if not (tokens.matches(i, *_MATCHED) or tokens.matches(i, *_NOT_MATCHED)):
            syntax_error(tokens, i + (3 if tokens.low[i + 1] == "not" else 2))
    if len(clauses) != 2 or not tokens.matches(clauses[0], *_MATCHED):
        refuse_as_redshift("MERGE without WHEN MATCHED and then WHEN NOT MATCHED, once each")


def _simplified(tokens: Tokens, start: int, using: int, end: int) -> None:
    """REMOVE DUPLICATES: rows of the target that match are replaced by those of the source; the others are added.

    One statement, so that the source is read as it was before. A row that matches twice is an error, as on Redshift.
    """
    on = next((i for i in _outside_cases(tokens, using, end) if tokens.low[i] == "on"), end)
    if on == end or tokens.low[on - 1] == ")":
        raise UnsupportedError("MERGE ... REMOVE DUPLICATES from a query without an alias")
    ranges = ((start + 2, using), (using + 1, on), (on + 1, end - 2), (on - 1, on))
    target, source, condition, rows = (_rewritten(tokens.render(*part).strip()) for part in ranges)
    table = target.rpartition(".")[2]
    tokens.drop(start + 1, end)
    tokens.text[start] = (
        f"WITH local_aws_merge AS (DELETE FROM {target} USING {source} WHERE {condition})"  # noqa: S608 - tokens of the same SQL
        f" INSERT INTO {target} SELECT {rows}.* FROM {source} WHERE pg_catalog.local_aws_matches_once((SELECT"
        f" max(n) FROM (SELECT count(*) AS n FROM {target} JOIN {source} ON {condition}"
        f" GROUP BY {table}.ctid) AS m))"
    )


def _rewritten(text: str) -> str:
    """Return a part of the statement, which is repeated and so rewritten at once."""
    tokens = Tokens(text)
    expressions.apply(tokens)
    return tokens.render()


def _outside_cases(tokens: Tokens, start: int, stop: int) -> Iterator[int]:
    """Positions outside parentheses and CASE expressions."""
    cases = 0
    for i in top_level(tokens, start, stop):
        cases += (tokens.low[i] == "case") - (tokens.low[i] == "end" and cases > 0)
        if not cases:
            yield i
