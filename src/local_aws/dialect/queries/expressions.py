"""Rules for expressions: which word starts which rule."""

from collections.abc import Callable
from functools import partial

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.literals import escaped
from local_aws.dialect.lexing.tokens import STRING, TEMPORARY, Tokens
from local_aws.dialect.queries import aggregates, hierarchies, naming, refused, unnesting
from local_aws.dialect.queries import clauses as queries
from local_aws.dialect.queries import function_calls as calls
from local_aws.dialect.statements import foreign, types

Rule = Callable[[Tokens, int], None]


def apply(tokens: Tokens) -> None:
    """Run the rules from right to left, so that an inner call is done before the one around it copies it."""
    found = [i for i, word in enumerate(tokens.low) if word in _WORDS]
    if "[" in tokens.low:
        found.sort(key=partial(_order, tokens))
    for i in reversed(found):
        # A rule further right may have taken this token out.
        word = tokens.low[i]
        unnamed = naming.end_of_unnamed(tokens, i) if word in naming.NAMES else 0
        if rule := RULES.get(word):
            rule(tokens, i)
        if unnamed:
            tokens.after(unnamed - 1, f" AS {naming.NAMES[word]}")


def _order(tokens: Tokens, i: int) -> float:
    """Where a word comes in the order: a step into the result of a call right behind the rules for the call."""
    is_step = tokens.low[i] == "[" and tokens.low[i - 1] == ")"
    return tokens.open(i - 1) - 1.5 if is_step else i


def _string(tokens: Tokens, i: int) -> None:
    if "\\" in tokens.text[i]:
        before = tokens.text[i - 1][-1:] if i and not tokens.lead[i] else ""
        apart = " " if before.isalnum() or before in ("_", "$", "#") else ""
        tokens.text[i] = apart + escaped(tokens.text[i])


def _temporary_name(tokens: Tokens, i: int) -> None:
    """#name is a temporary table, unless it follows an operand: then # is the bitwise operator."""
    before = tokens.low[i - 1]
    is_operand = before.isidentifier() or before[:1].isdigit() or before in (")", STRING)
    if len(tokens.text[i]) == 1:
        return
    if before in vocabulary.words("before_names") or not is_operand:
        tokens.text[i] = f'"{tokens.text[i].lower()}"'


def _by_name(*rules: Rule) -> dict[str, Rule]:
    """Return rules by the words that they are called after."""
    return {rule.__name__: rule for rule in rules}


RULES: dict[str, Rule] = {
    **dict.fromkeys(foreign.FUNCTIONS, foreign.refuse_function),
    **dict.fromkeys(foreign.TYPES, types.in_expression),
    **refused.RULES,
    STRING: _string,
    TEMPORARY: _temporary_name,
    **dict.fromkeys(("sysdate", "current_user_id"), calls.without_parentheses),
    **dict.fromkeys(("current_setting", "set_config"), calls.setting),
    "json_parse": calls.navigated,
    **dict.fromkeys(("nvl", "isnull"), calls.nvl),
    **_by_name(calls.nvl2, calls.decode, calls.convert, calls.concat, calls.try_cast),
    **_by_name(aggregates.listagg, aggregates.approximate, aggregates.ratio_to_report),
    **_by_name(queries.top, queries.minus, queries.qualify),
    "ignore": aggregates.ignore_nulls,
    "respect": aggregates.respect_nulls,
    **dict.fromkeys(("percentile_cont", "percentile_disc"), aggregates.percentile),
    "pivot": queries.refuse_pivot,
    "max": types.maximum,
    "connect": hierarchies.connect_by,
    "[": unnesting.steps,
    **dict.fromkeys(("at", "unnest", "unpivot"), unnesting.in_from),
    **dict.fromkeys(("array", "object", "json_serialize"), calls.super_function),
    **dict.fromkeys(foreign.TABLES, foreign.look_up_table),
    **dict.fromkeys(types.NAMES, types.in_expression),
    **dict.fromkeys(calls.DATE_FUNCTIONS, calls.date_part_word),
    **dict.fromkeys(calls.REFUSED, calls.refuse),
}
_WORDS = frozenset((*RULES, *naming.NAMES))
