"""Named parameters of the Data API into the engine's numbered ones."""

from collections.abc import Collection

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import ParameterError


def bind(sql: str, names: Collection[str]) -> tuple[str, list[str]]:
    """`:name` becomes `$n`; returns the SQL and the names in the order of n.

    Only whole tokens count: literals, comments, quoted names, `$$` bodies, `::casts` and `:=` are left alone.
    Raises ParameterError for a `:name` that is not among `names` and for a name that the SQL does not use.
    """
    tokens = Tokens(sql)
    used: list[str] = []
    for i, word in enumerate(tokens.low):
        if word != ":" or tokens.lead[i + 1] or not tokens.text[i + 1].isidentifier():
            continue
        name = tokens.text[i + 1]
        if name not in names:
            raise ParameterError(f"Parameters list has no value for :{name}")
        if name not in used:
            used.append(name)
        tokens.text[i], tokens.text[i + 1] = f"${used.index(name) + 1}", ""
        # Two parameters in a row must not become one number.
        if tokens.text[i + 2][:1].isdigit() and not tokens.lead[i + 2]:
            tokens.after(i, " ")
    if unused := [name for name in names if name not in used]:
        raise ParameterError(f"Parameters not used in the SQL statement: {', '.join(unused)}")
    return tokens.render(), used
