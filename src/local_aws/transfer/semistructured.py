"""Values of the type SUPER in files: JSON there, in the engine as compat/33_super.sql keeps them."""

import json
from typing import Any

from local_aws.data_api.results.rendering import SUPER_MARK


class Number(str):
    """A number as it is written, so that no digit is lost."""

    __slots__ = ()


# Of two equal keys the later one counts, as everywhere in Python.
DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number)


def serialized(value: Any) -> str:
    """Return the JSON of a value that DECODER has read."""
    if isinstance(value, Number):
        return value
    if isinstance(value, dict):
        members = (f"{serialized(key)}:{serialized(member)}" for key, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(serialized, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def kept(text: str) -> str:
    """Return JSON as the engine keeps it; raise ValueError for what is none."""
    value = DECODER.decode(text)
    is_text = isinstance(value, str) and not isinstance(value, Number)
    return value if is_text else SUPER_MARK + serialized(value)
