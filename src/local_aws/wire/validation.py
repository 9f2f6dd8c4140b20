"""Checks a request against the service model and words its refusals as AWS does."""

import re
from collections.abc import Iterator
from typing import Any

from local_aws.wire.model import ServiceModel, Shape
from local_aws.wire.service_errors import ApiError, validation

JSON_TYPES: dict[str, tuple[type, ...]] = {
    "list": (list,),
    "boolean": (bool,),
    **dict.fromkeys(("structure", "map"), (dict,)),
    **dict.fromkeys(("string", "blob"), (str,)),
    **dict.fromkeys(("integer", "long"), (int,)),
    **dict.fromkeys(("double", "float", "timestamp"), (int, float)),
}


def check(model: ServiceModel, operation: str, request: dict[str, Any]) -> None:
    """Raise ValidationException listing every broken constraint, or SerializationException for a wrong type."""
    problems = list(_walk(model, model.shape(operation, "input"), request, ""))
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        raise validation(f"{len(problems)} validation {noun} detected: {'; '.join(problems)}")


def _walk(model: ServiceModel, shape: Shape, value: Any, where: str) -> Iterator[str]:
    kind = shape["type"]
    _check_type(kind, value)
    if kind == "structure":
        for name in shape.get("required", ()):
            if value.get(name) is None:
                yield _broken(_join(where, name), "Member must not be null")
        for name, reference in shape.get("members", {}).items():
            if value.get(name) is not None:
                yield from _walk(model, model.shapes[reference["shape"]], value[name], _join(where, name))
    elif kind == "list":
        yield from _bounds(where, len(value), shape, "length")
        for number, item in enumerate(value, start=1):
            yield from _walk(model, model.shapes[shape["member"]["shape"]], item, f"{where}.{number}.member")
    elif kind == "string":
        yield from _bounds(where, len(value), shape, "length")
        if (pattern := shape.get("pattern")) and not re.fullmatch(pattern, value):
            yield _broken(where, f"Member must satisfy regular expression pattern: {pattern}")
        if (allowed := shape.get("enum")) and value not in allowed:
            yield _broken(where, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    elif kind in ("integer", "long"):
        yield from _bounds(where, value, shape, "value")


def _bounds(where: str, size: int, shape: Shape, noun: str) -> Iterator[str]:
    if "min" in shape and size < shape["min"]:
        yield _broken(where, f"Member must have {noun} greater than or equal to {shape['min']}")
    if "max" in shape and size > shape["max"]:
        yield _broken(where, f"Member must have {noun} less than or equal to {shape['max']}")


def _broken(where: str, constraint: str) -> str:
    return f"Value at '{where}' failed to satisfy constraint: {constraint}"


def _join(where: str, name: str) -> str:
    lowered = name[:1].lower() + name[1:]
    return f"{where}.{lowered}" if where else lowered


def _check_type(kind: str, value: Any) -> None:
    expected = JSON_TYPES[kind]
    # A bool is an int to Python, not to AWS.
    if not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean"):
        raise ApiError("SerializationException", f"{type(value).__name__} can not be converted to {kind}")
