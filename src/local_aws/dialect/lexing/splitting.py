"""Scripts into statements."""

from local_aws.dialect.lexing.tokens import Tokens


def split(sql: str) -> list[str]:
    """Return the statements of a script, without their `;`, their surroundings and without empty ones."""
    tokens = Tokens(sql)
    return [(tokens.render(start, end) + tokens.lead[end]).strip() for start, end in tokens.statements()]
