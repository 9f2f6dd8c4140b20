"""Named parameters: which ones a text uses, and its values in the engine's order."""

from collections import Counter

from local_aws import dialect
from local_aws.wire.service_errors import validation

Parameters = list[dict[str, str]]


def check(texts: list[str], parameters: Parameters) -> None:
    """Check that names are given once and that each parameter is used by at least one statement."""
    if not parameters:
        return
    if any("\0" in parameter["value"] for parameter in parameters):
        raise validation("Parameter values must not contain a null character.")
    counted = Counter(parameter["name"] for parameter in parameters)
    if repeated := [name for name, count in counted.items() if count > 1]:
        raise validation(f"Parameters list contains duplicate parameters: {', '.join(repeated)}")
    used = {name for text in texts for name in dialect.bind(text)[1]}
    if unused := [name for name in counted if name not in used]:
        raise validation(f"Parameters list contains unused parameters: {', '.join(unused)}")


def bind(text: str, parameters: Parameters) -> tuple[str, list[str]]:
    """Return the text with `$n` and the values in that order; KeyError names a parameter without a value."""
    if not parameters:
        return text, []
    values = {parameter["name"]: parameter["value"] for parameter in parameters}
    bound, names = dialect.bind(text)
    return bound, [values[name] for name in names]
