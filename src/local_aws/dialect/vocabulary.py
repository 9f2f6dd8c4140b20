"""The dialect's tables, `*.toml`; words that the rules look for, by the names of their lists in vocabulary.toml."""

import tomllib
from pathlib import Path
from typing import Any


def table(name: str) -> dict[str, Any]:
    """Read a file of this folder or one below it, such as `statements/refusals`."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


_LISTS = table("vocabulary")


def words(name: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(_LISTS[name].split())


def meanings(name: str) -> dict[str, str]:
    """Return the words of a table, each with what it stands under."""
    return {word: meaning for meaning, listed in _LISTS[name].items() for word in listed.split()}
