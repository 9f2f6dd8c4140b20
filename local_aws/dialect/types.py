"""Type names: Redshift's own spellings and default widths."""

from local_aws.dialect.errors import UnsupportedError
from local_aws.dialect.tokens import NAME, Tokens

SPELLING = {
    "nvarchar": "varchar",
    "nchar": "char",
    "datetime": "timestamp",
    "smalldatetime": "timestamp",
}
# In a column, a character type without a length has one; in a cast it takes its value's.
COLUMN_LENGTH = {"varchar": "(256)", "nvarchar": "(256)", "text": "(256)", "bpchar": "(256)"}
COLUMN_SPELLING = SPELLING | {"text": "varchar", "bpchar": "char"}
DECIMALS = frozenset(("decimal", "numeric", "dec"))
REFUSED = frozenset(("super", "geometry", "geography", "hllsketch", "varbyte", "varbinary"))
# Words after which a type name is a column or something else.
_NOT_BEFORE_TYPE = frozenset(
    """select distinct all by and or not where on having when then else case in like between is from join using set
    limit offset union except intersect values return returning qualify minus with over interval""".split()  # noqa: SIM905
)


def in_cast(tokens: Tokens, i: int) -> None:
    """The type name at i in an expression, a declaration or an argument list."""
    word = tokens.low[i]
    if tokens.text[i].endswith(")") or not is_type(tokens, i):
        return
    if word in REFUSED:
        raise UnsupportedError(f"the type {word.upper()}")
    if word in DECIMALS and tokens.low[i + 1] not in ("(", "%"):
        tokens.after(i, "(18,0)")
    elif word in SPELLING:
        tokens.text[i] = SPELLING[word]


def is_type(tokens: Tokens, i: int) -> bool:
    """Whether the word at i stands where a type does: after `::`, AS, or a name that it is the type of."""
    before = tokens.low[i - 1] if i else ""
    if tokens.low[i + 1] in (".", "=", "::", ",", ")") and before not in ("::", "as", NAME):
        return before.isidentifier() and before not in _NOT_BEFORE_TYPE and tokens.low[i + 1] in (",", ")")
    return before in ("::", NAME) or (before.isidentifier() and before not in _NOT_BEFORE_TYPE)


def in_column(tokens: Tokens, at: int) -> int:
    """Give the column type at `at` its default width; returns where the type ends."""
    word = tokens.low[at]
    if word in REFUSED:
        raise UnsupportedError(f"the type {word.upper()}")
    if word in ("character", "char", "national") and "varying" in tokens.low[at + 1 : at + 3]:
        at, word = tokens.low.index("varying", at), "varchar"
    elif word in COLUMN_SPELLING:
        tokens.text[at] = COLUMN_SPELLING[word]
    if tokens.low[at + 1] != "(":
        tokens.after(at, COLUMN_LENGTH.get(word, "(18,0)" if word in DECIMALS else ""))
        return at + 1
    if tokens.low[at + 2] == "max":
        tokens.text[at + 2] = "65535"
    return tokens.close(at + 1) + 1


def maximum(tokens: Tokens, i: int) -> None:
    """VARCHAR(MAX)."""
    if (
        tokens.low[i - 1] == "("
        and tokens.low[i + 1] == ")"
        and tokens.low[i - 2] in ("varchar", "varying", "nvarchar")
    ):
        tokens.text[i] = "65535"
