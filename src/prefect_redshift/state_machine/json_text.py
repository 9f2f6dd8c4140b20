"""JSON as a person lays it out: what fits on a line is on one line."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

_WIDTH = 150
_INDENT = "  "


def json_text(value: Any) -> str:
    """Return a JSON text with a line break at its end: arrays and objects that fit on a line are on one, but states."""
    return _laid_out(value, "", 0) + "\n"


def _laid_out(value: Any, indent: str, before: int) -> str:
    """Lay out a value that stands after `before` characters of its line, and after which a comma may follow."""
    flat = json.dumps(value, ensure_ascii=False)
    fits = before + len(flat) + 1 <= _WIDTH and not _holds_state(value)
    if fits or not value or not isinstance(value, dict | list):
        return flat
    inner = indent + _INDENT
    if isinstance(value, dict):
        named = [(f"{inner}{json.dumps(key, ensure_ascii=False)}: ", member) for key, member in value.items()]
        members = [name + _laid_out(member, inner, len(name)) for name, member in named]
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if all(isinstance(member, str) for member in value):
        members = [inner + line for line in _filled(value, _WIDTH - len(inner) - 1)]
    else:
        members = [inner + _laid_out(member, inner, len(inner)) for member in value]
    return "[\n" + ",\n".join(members) + f"\n{indent}]"


def _filled(texts: Sequence[str], width: int) -> Iterator[str]:
    """Yield lines with as many of the texts as they have room for."""
    line = ""
    for text in map(json.dumps, texts):
        if line and len(line) + len(text) + 2 > width:
            yield line
            line = ""
        line = f"{line}, {text}" if line else text
    yield line


def _holds_state(value: Any) -> bool:
    """Whether a state is in it whose members a reader looks for at the beginning of a line."""
    if isinstance(value, dict):
        is_state = value.get("Type") in ("Task", "Choice", "Parallel", "Map")
        return is_state or any(map(_holds_state, value.values()))
    return isinstance(value, list) and any(map(_holds_state, value))
