"""PostgreSQL's parse trees as it prints them: {NODE :field value ...}."""

import re
from typing import Any

_WORD = re.compile(r"[{}()\[\]]|(?:\\.|[^\s{}()\[\]])+")

Node = dict[str, Any]


def parse(text: str) -> Node:
    """Return the tree of one statement: a node's name is under `node`, lists are lists, all else is text."""
    words = _WORD.findall(text)
    position = 0

    def value() -> Any:
        nonlocal position
        word = words[position]
        position += 1
        if word == "{":
            return node()
        if word not in "([":
            return word
        found = []
        while words[position] not in ")]":
            found.append(value())
        position += 1
        return found

    def node() -> Node:
        nonlocal position
        found: Node = {"node": words[position]}
        position += 1
        while words[position] != "}":
            name = words[position][1:]
            position += 1
            values = []
            while words[position] != "}" and not (words[position][0] == ":" and len(words[position]) > 1):
                values.append(value())
            # A constant's bytes come behind their number.
            found[name] = values[-1] if values else None
        position += 1
        return found

    tree = value()
    return tree if isinstance(tree, dict) else {}
