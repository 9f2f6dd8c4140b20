"""Type names: Redshift's own spellings and default widths."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import NAME, Tokens
from local_aws.dialect.refusals import RedshiftError, UnsupportedError
from local_aws.dialect.statements import foreign

SPELLING = vocabulary.meanings("type_spellings")
DECIMALS = frozenset(("decimal", "numeric", "dec"))
MAX_DIGITS = 38
MAX_BYTES = {"char": 4096, "varchar": 65535}
REFUSED = frozenset(("geometry", "geography", "hllsketch"))
NAMES = (*SPELLING, *DECIMALS, *REFUSED)
# In a column, a character type without a length has one; in an expression it takes its value's.
_COLUMN_LENGTH = dict.fromkeys(("varchar", "nvarchar", "text", "bpchar"), "(256)")
_COLUMN_LENGTH |= dict.fromkeys(DECIMALS, "(18,0)")
_COLUMN_SPELLING = SPELLING | {"text": "varchar", "bpchar": "char"}


def in_expression(tokens: Tokens, i: int) -> None:
    """Rewrite the word at i, if it is the type of a cast."""
    before = tokens.low[i - 1]
    # AS is in a list of columns unless the innermost parenthesis opens CAST(...).
    opening = tokens.around[i][0] if before == "as" else 0
    if before == "::" or (opening > 0 and tokens.low[opening - 1] in ("cast", "try_cast")):
        rewrite(tokens, i)


def in_declarations(tokens: Tokens, start: int, stop: int) -> None:
    """Arguments and variables between start and stop: a type follows a name."""
    for i in range(start + 1, stop):
        before = tokens.low[i - 1]
        if not (before == NAME or before.isidentifier()):
            continue
        if tokens.low[i] in NAMES:
            rewrite(tokens, i)
        elif tokens.low[i] in foreign.TYPES and before not in ("procedure", "function"):
            # A name may read like such a type; then its type follows.
            behind = tokens.low[i + 1]
            if not behind.isidentifier() or behind in ("default", "not"):
                foreign.in_expression(tokens, i)


def in_column(tokens: Tokens, at: int, column: str) -> int:
    """Give the type at `at` of a table.column its default width; returns where the type ends."""
    word = tokens.low[at]
    foreign.in_column(tokens, at, column)
    if word in REFUSED:
        raise UnsupportedError(f"the type {word.upper()}")
    if word in ("character", "char", "national") and "varying" in tokens.low[at + 1 : at + 3]:
        at, word = tokens.low.index("varying", at), "varchar"
    elif word in _COLUMN_SPELLING:
        tokens.text[at] = _COLUMN_SPELLING[word]
    if tokens.low[at + 1] != "(":
        tokens.after(at, _COLUMN_LENGTH.get(word, ""))
        return at + 1
    _check_size(word, tokens.low[at + 2])
    return tokens.close(at + 1) + 1


def _check_size(word: str, size: str) -> None:
    """Refuse a longer text, or a decimal of more digits, than Redshift has."""
    number = int(size) if size.isdecimal() else 0
    if word in DECIMALS and number > MAX_DIGITS:
        raise RedshiftError(f"NUMERIC precision {number} must be between 1 and {MAX_DIGITS}")
    kind = "char" if word in ("character", "char", "nchar", "bpchar") else "varchar"
    if word in _COLUMN_LENGTH.keys() | {"character", "char", "nchar"} - DECIMALS and number > MAX_BYTES[kind]:
        raise RedshiftError(f"length for type {kind} cannot exceed {MAX_BYTES[kind]}")


def maximum(tokens: Tokens, i: int) -> None:
    """VARCHAR(MAX)."""
    if tokens.matches(i - 1, "(", "max", ")") and tokens.low[i - 2] in ("varchar", "varying", "nvarchar"):
        tokens.text[i] = "65535"


def rewrite(tokens: Tokens, i: int) -> None:
    """Spell the type at i for PostgreSQL, or refuse it."""
    word = tokens.low[i]
    if word in REFUSED:
        raise UnsupportedError(f"the type {word.upper()}")
    foreign.in_expression(tokens, i)
    if word in SPELLING:
        tokens.text[i] = SPELLING[word]
    elif word in DECIMALS and tokens.low[i + 1] not in ("(", "%") and not tokens.text[i].endswith(")"):
        tokens.after(i, "(18,0)")
