"""A statement for PostgreSQL whose names are resolved by asking it.

What holds no construct that needs names is rewritten as always, and nothing is asked.
"""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.names import bodies, grouping, lateral, outer_joins, pivots, qualify, settling, stars
from local_aws.dialect.names.asking import RULE_WORDS, Answer, Asking, relay
from local_aws.dialect.queries import clauses
from local_aws.dialect.queries.selects import top_level
from local_aws.dialect.rewriter import rewrite_tokens
from local_aws.dialect.statements import quoted_names


def resolve(sql: str, *, thorough: bool = False, variables: settling.Variables | None = None) -> Asking[str]:
    """Return the statement for PostgreSQL.

    `thorough` asks whether it knows all names of the statement. Else that shows when the statement fails. A statement
    of a procedure's body comes with the procedure's `variables` and what stands for each, in the result as well.
    """
    tokens = Tokens(sql)
    quoted_names.fold(tokens)
    if (body := bodies.place_of_body(tokens)) is not None:
        yield from bodies.resolve_body(tokens, body, resolve)
        return rewrite_tokens(tokens)
    if query := _late_query(tokens):
        text = yield from resolve(tokens.render(*query), thorough=True)
        tokens.put(*query, text.strip())
        return rewrite_tokens(Tokens(tokens.render()))
    while found := _found(tokens):
        thorough = True
        # One at a time and from right to left: what is further in or further right is done.
        rule = _rule(tokens, found[-1])
        yield from _answered(_RULES[rule](tokens, found[-1]), variables)
        tokens = Tokens(tokens.render())
    lateral.refuse_rows(tokens)
    thorough = thorough and (bool(variables) or settling.may_need_names(tokens))
    doubtful = lateral.has_doubtful(tokens)
    sql = rewrite_tokens(tokens)
    if thorough or doubtful:
        sql = yield from settling.settle(sql, variables)
    if doubtful:
        yield from _answered(lateral.refuse_doubtful(Tokens(sql)), variables)
    return sql


def _late_query(tokens: Tokens) -> tuple[int, int] | None:
    """Return the query of a view WITH NO SCHEMA BINDING, kept as a text, so that it never fails for its names."""
    end = tokens.end - (tokens.low[tokens.end - 1] == ";")
    if tokens.low[0] != "create" or not tokens.matches(end - 4, "with", "no", "schema", "binding"):
        return None
    start = next((j for j in top_level(tokens, 0, end) if tokens.low[j] == "as"), None)
    return None if start is None else (start + 1, end - 4)


def _answered(rule: Asking[None], variables: settling.Variables | None) -> Asking[None]:
    """Resolve the queries of a rule before PostgreSQL is asked them."""

    def ask(query: str) -> Asking[Answer]:
        return (yield (yield from resolve(query, thorough=True, variables=variables)))

    yield from relay(rule, ask)


def _found(tokens: Tokens) -> list[int]:
    """Where rules are meant."""
    if RULE_WORDS.isdisjoint(tokens.low):
        return []
    return [i for i, word in enumerate(tokens.low) if word in RULE_WORDS and _rule(tokens, i)]


def _rule(tokens: Tokens, i: int) -> str:
    """Which rule is meant by the word at i, if any."""
    word = tokens.low[i]
    if word == "all":
        meant = tokens.matches(i - 2, "group", "by")
    elif word == "+":
        meant = tokens.matches(i - 1, "(", "+", ")")
    else:
        is_meant = {"exclude": stars.is_exclude, "qualify": clauses.is_qualify}.get(word, clauses.is_pivot)
        meant = is_meant(tokens, i)
    return word if meant else ""


_RULES = {
    "all": grouping.group_by_all,
    "+": outer_joins.outer_joins,
    "exclude": stars.exclude,
    "qualify": qualify.qualify,
    "pivot": pivots.pivot,
    "unpivot": pivots.unpivot,
}
