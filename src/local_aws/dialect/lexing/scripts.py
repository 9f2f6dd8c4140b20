"""Scripts into statements, and the Data API's named parameters into the engine's numbered ones."""

from local_aws.dialect.lexing.tokens import Tokens


def split(sql: str) -> list[str]:
    """Return the statements of a script, without their `;`, their surroundings and without empty ones."""
    tokens = Tokens(sql)
    return [(tokens.render(start, end) + tokens.lead[end]).strip() for start, end in tokens.statements()]


def bind(sql: str) -> tuple[str, list[str]]:
    """`:name` becomes `$n`; returns the SQL and the names in the order of n.

    Only whole tokens count: literals, comments, quoted names, `$$` bodies, `::casts` and `:=` are left alone.
    """
    tokens = Tokens(sql)
    used: list[str] = []
    for i, word in enumerate(tokens.low):
        if word != ":" or tokens.lead[i + 1] or not tokens.text[i + 1].isidentifier():
            continue
        name = tokens.text[i + 1]
        if name not in used:
            used.append(name)
        tokens.text[i], tokens.text[i + 1] = f"${used.index(name) + 1}", ""
        # Two parameters in a row must not become one number.
        if tokens.text[i + 2][:1].isdigit() and not tokens.lead[i + 2]:
            tokens.after(i, " ")
    return tokens.render(), used
