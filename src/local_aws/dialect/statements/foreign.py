"""What PostgreSQL has and Redshift has not, or has otherwise: types, functions, tables of its own."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.messages import ABSENT
from local_aws.dialect.queries.selects import BEFORE_SOURCE
from local_aws.dialect.refusals import NOT_ON_TABLES, RedshiftError

_OLD, _YOUNG = vocabulary.words("old_types"), vocabulary.words("young_types")
TYPES = _OLD | _YOUNG
FUNCTIONS = vocabulary.words("absent_functions")
# Redshift has them otherwise: views of those names are in the schema local_aws.
TABLES = ("pg_attribute", "pg_class", "pg_index", "pg_attrdef", "pg_default_acl")
# A name of anything else than a function that is called follows these.
_NO_CALL = frozenset((".", "function", "procedure", "into", "table", "as", "join", "update", "exists"))


def in_column(tokens: Tokens, at: int, column: str) -> None:
    """Rewrite the type at `at` of the table's column, given as table.column."""
    word = tokens.low[at]
    _refuse_young(word)
    if word in _OLD:
        raise RedshiftError(f'Column "{column}" has unsupported type "{word}".')
    behind = end_of_type(tokens, at)
    if tokens.low[behind] in ("[", "array"):
        spelt = tokens.render(at, behind).strip()
        raise RedshiftError(f'Column "{column}" has unsupported type "{spelt}[]".')


def end_of_type(tokens: Tokens, at: int) -> int:
    """Where the type of a column at `at` ends, up to the brackets of an array."""
    behind = tokens.close(at + 1) + 1 if tokens.low[at + 1] == "(" else at + 1
    while tokens.low[behind] in ("precision", "varying", "without", "with", "time", "zone"):
        behind += 1
    return tokens.close(behind) + 1 if tokens.low[behind] == "(" else behind


def in_expression(tokens: Tokens, i: int) -> None:
    """Rewrite the type that a value is cast to."""
    word = tokens.low[i]
    _refuse_young(word)
    if word in _OLD - vocabulary.words("types_in_catalog"):
        raise RedshiftError(NOT_ON_TABLES)


def _refuse_young(word: str) -> None:
    if word in _YOUNG:
        raise RedshiftError(f'type "{word}" does not exist')


def refuse_function(tokens: Tokens, i: int) -> None:
    """Let a call of the name at i look where nothing is; a name with its schema says which function is meant."""
    before = tokens.low[i - 1]
    if tokens.low[i + 1] == "(" and before not in _NO_CALL:
        tokens.text[i] = ABSENT + tokens.text[i]


def look_up_table(tokens: Tokens, i: int) -> None:
    """Look up the name at i where it is a table: [pg_catalog.]pg_attribute, but not the qualifier of a column."""
    before = tokens.low[i - 1]
    if tokens.low[i + 1] in (".", "(") or tokens.text[i][:1] == '"':
        return
    if before in BEFORE_SOURCE:
        tokens.text[i] = f"local_aws.{tokens.text[i]}"
    elif before == "." and tokens.low[i - 2] == "pg_catalog" and tokens.low[i - 3] in BEFORE_SOURCE:
        tokens.text[i - 2] = "local_aws"
