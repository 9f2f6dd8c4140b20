"""Words that the rules look for, by the names of their lists and tables in vocabulary.toml."""

import tomllib
from pathlib import Path
from typing import Any

_LISTS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def words(name: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(_LISTS[name].split())


def meanings(name: str) -> dict[str, str]:
    """Return the words of a table, each with what it stands under."""
    return {word: meaning for meaning, listed in _LISTS[name].items() for word in listed.split()}
