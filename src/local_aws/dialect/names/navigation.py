"""SUPER: which of the names with dots between them is the column, and from where on they are attributes."""

from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.dialect.queries.naming import name_item
from local_aws.dialect.queries.selects import selects_around
from local_aws.dialect.queries.unnesting import from_item, member, unnest


def chain_end(tokens: Tokens, at: int) -> int:
    """Where the names with dots between them that begin at `at` end."""
    while tokens.low[at + 1] == "." and is_name(tokens, at + 2):
        at += 2
    return at + 1


def guesses(tokens: Tokens, at: int) -> list[str]:
    """Return what the names at `at` may stand for: the more of them are the column's, the earlier in the list."""
    stop = chain_end(tokens, at)
    names = [tokens.text[j] for j in range(at, stop, 2)]
    found: list[str] = []
    for count in range(min(len(names) - 1, 3), 0, -1):
        text = ".".join(names[:count])
        for name in names[count:]:
            text = member(text, name)
        found.append(text)
    return found


def place(tokens: Tokens, at: int, text: str) -> None:
    """Put a guess in the place of the names at `at`, which go on calling the column by the last of them."""
    stop = chain_end(tokens, at)
    name = tokens.text[stop - 1]
    name_item(tokens, at, stop, name)
    suffix = tokens.text[stop - 1][len(name) :]
    tokens.drop(at + 1, stop)
    tokens.text[at] = text + suffix


def unnested(tokens: Tokens, at: int) -> bool:
    """Unnest the item of FROM at `at` if it begins with the name of a table before it; tells whether it does."""
    if from_item(tokens, at) != at:
        return False
    # Tables of the SELECTs around, and of the same FROM before it.
    around = selects_around(tokens, at)
    tables = {
        identifier(name) for select, position in around for j, name in select.sources() if j != position
    }
    if identifier(tokens.text[at]) not in tables:
        return False
    unnest(tokens, at)
    return True
