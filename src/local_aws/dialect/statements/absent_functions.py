"""Functions that PostgreSQL has and Redshift does not: their calls fail as they do there, as calls of the unknown."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.messages import ABSENT

NAMES = vocabulary.words("absent_functions")
# A name of anything else follows these.
_NO_CALL = frozenset(". function procedure into table as join update exists".split())  # noqa: SIM905


def refuse(tokens: Tokens, i: int) -> None:
    """Let a call of the name at i look where nothing is; a name with its schema says which function is meant."""
    before = tokens.low[i - 1] if i else ""
    if tokens.low[i + 1] == "(" and before not in _NO_CALL:
        tokens.text[i] = ABSENT + tokens.text[i]
