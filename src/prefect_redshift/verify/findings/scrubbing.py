"""Takes names of an account out of what is printed and written: what remains can be committed."""

import re
from collections.abc import Mapping
from typing import Any

_PATTERNS = (
    (re.compile(r"\bverify[_-][0-9a-f]{12}"), "<schema>"),
    (re.compile(r"\barn:[\w-]+:[\w-]*:[\w-]*:\d*:[^\s'\",]+"), "<arn>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{8,}\b"), "<key>"),
    (re.compile(r"\bIAMR?:[^\s'\",]+"), "<user>"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<user>"),
    (re.compile(r"(?i)(?<=\buser )(?:'[^']+'|\"[^\"]+\")"), "<user>"),
    (re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.amazonaws\.com(?:\.cn)?\b"), "<host>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b(?!\.)"), "<address>"),
    (re.compile(r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])"), "<address>"),
    # Not a cast, such as a::date.
    (re.compile(r"(?i)(?<![\w:])[0-9a-f]{3,4}(?::[0-9a-f]{1,4})*::(?:[0-9a-f:]+)?(?![\w:])"), "<address>"),
    (re.compile(r"(?<!\d)\d{4}-\d{4}-\d{4}(?!\d)"), "<account>"),
    (re.compile(r"(?<!\d)\d{12}(?!\d)"), "<account>"),
)
# A password, a key or a token that a service quotes: base64 has + and / as well.
_LONG = re.compile(r"(?<![\w+/-])(?=[\w+/-]*\d)(?=[\w+/-]*[A-Za-z])[\w+/-]{24,}=*")
_ACCOUNT_DIGITS = 12


class Scrubber:
    """Replaces names of the account by what they are.

    Args:
        target: The inputs of the API that name the warehouse and the login.
    """

    def __init__(self, target: Mapping[str, str]) -> None:
        named = {what: name for what, name in target.items() if name}
        self._names = [
            (re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])"), f"<{what}>")
            for what, name in sorted(named.items(), key=lambda item: -len(item[1]))
        ]

    def text(self, text: str) -> str:
        """Return a text without such names."""
        for pattern, what in (*_PATTERNS, *self._names, (_LONG, "<token>")):
            text = pattern.sub(what, text)
        return text

    def value(self, value: Any) -> Any:
        """Return what JSON holds without such names."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(name)): self.value(held) for name, held in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(held) for held in value]
        if isinstance(value, int | float) and len(str(abs(value)).partition(".")[0]) >= _ACCOUNT_DIGITS:
            return "<account>"
        return value
