"""DATEFORMAT and TIMEFORMAT: patterns to ISO 8601, which the engine reads."""

import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from local_aws.transfer.transfer_errors import TransferProblem

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ELEMENTS: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_ELEMENT = re.compile("|".join(_ELEMENTS), re.IGNORECASE)
_EPOCHS = {"epochsecs": 1, "epochmillisecs": 1000}

# Returns the value in ISO 8601; raises ValueError when it does not fit.
Convert = Callable[[str], str]


def converter(pattern: str) -> Convert | None:
    """Return what converts values of a pattern; None for 'auto', which the engine can do itself."""
    if pattern.lower() in ("", "auto"):
        return None
    if per_second := _EPOCHS.get(pattern.lower()):
        return lambda value: _epoch(value, per_second)
    compiled = _compiled(pattern)

    def convert(value: str) -> str:
        match = compiled.fullmatch(value.strip())
        if match is None:
            raise ValueError(value)
        return _iso(match.groupdict())

    return convert


def _compiled(pattern: str) -> re.Pattern[str]:
    text, at = "", 0
    for element in _ELEMENT.finditer(pattern):
        text += re.escape(pattern[at : element.start()]) + _ELEMENTS[element[0].upper()]
        at = element.end()
    try:
        compiled = re.compile(text + re.escape(pattern[at:]))
    except re.error:
        raise TransferProblem(f"Invalid date or time format: '{pattern}'") from None
    if not compiled.groupindex:
        raise TransferProblem(f"Invalid date or time format: '{pattern}'")
    return compiled


def _iso(found: dict[str, str | None]) -> str:
    year = int(found.get("year") or 0) or 2000 + int(found.get("short_year") or 0)
    name = found.get("month_name")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(found.get("month") or 1)
    hour = int(found.get("hour") or 0)
    if half := found.get("half"):
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    day = f"{year:04}-{month:02}-{int(found.get('day') or 1):02}"
    if found.get("hour") is None:
        return day
    return f"{day} {hour:02}:{found.get('minute') or '00'}:{found.get('second') or '00'}{found.get('offset') or ''}"


def _epoch(value: str, per_second: int) -> str:
    try:
        moment = datetime.fromtimestamp(float(value) / per_second, UTC)
    except (OverflowError, OSError):
        raise ValueError(value) from None
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
