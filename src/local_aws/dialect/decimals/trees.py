"""PostgreSQL's parse trees as it prints them: {NODE :field value ...}."""

import re
from collections.abc import Iterator
from typing import Any

_WORD = re.compile(r"[{}()\[\]]|(?:\\.|[^\s{}()\[\]])+")

Node = dict[str, Any]


def parse(text: str) -> Node:
    """Return the tree of one statement: a node's name is under `node`, lists are lists, all else is text."""
    tree = _values(iter(_WORD.findall(text)))[0]
    return tree if isinstance(tree, dict) else {}


def _values(words: Iterator[str]) -> list[Any]:
    """Return what comes up to the next closing bracket."""
    found: list[Any] = []
    for word in words:
        if word in "})]":
            break
        found.append(_node(_values(words)) if word == "{" else _values(words) if word in "([" else word)
    return found


def _node(parts: list[Any]) -> Node:
    found: Node = {"node": parts[0]}
    for part in parts[1:]:
        if isinstance(part, str) and part[0] == ":" and len(part) > 1:
            name = part[1:]
            found[name] = None
        else:  # a constant's bytes come behind their number
            found[name] = part
    return found
