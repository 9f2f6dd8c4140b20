"""Options of statements that PostgreSQL spells otherwise, or has no use for, by spellings.toml."""

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens

_SPELLINGS = {
    kind: [(words.split(), text) for words, text in spellings.items()]
    for kinds, spellings in vocabulary.table("statements/spellings").items()
    for kind in kinds.split(", ")
}


def apply(tokens: Tokens, start: int, end: int) -> None:
    """Spell the options of the statement at start..end for PostgreSQL."""
    second = start + (3 if tokens.matches(start + 1, "or", "replace") else 1)
    for kind in (tokens.low[start], f"{tokens.low[start]} {tokens.low[second]}"):
        for words, text in _SPELLINGS.get(kind, ()):
            for i in range(start, end - len(words) + 1):
                found = tokens.low[i : i + len(words)]
                if all(word in (low, "*") for word, low in zip(words, found, strict=True)):
                    tokens.put(i, i + len(words), text)
