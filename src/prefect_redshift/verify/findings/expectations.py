"""What an assumption expects of an answer: a value, or a condition where several answers are as good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OneOf:
    """Any of several answers."""

    answers: tuple[Any, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.answers))


@dataclass(frozen=True)
class Containing:
    """A text with these words in it, whatever is around them."""

    words: str

    def __str__(self) -> str:
        return f"... {self.words} ..."


def matches(expected: Any, answer: Any) -> bool:
    """Return whether an answer is what was expected; a text, a number and a truth value are never the same."""
    match expected:
        case OneOf():
            return any(matches(one, answer) for one in expected.answers)
        case Containing():
            return isinstance(answer, str) and expected.words in answer
        case Mapping():
            return (
                isinstance(answer, Mapping)
                and expected.keys() == answer.keys()
                and all(matches(expected[name], answer[name]) for name in expected)
            )
        case list() | tuple():
            return (
                isinstance(answer, Sequence)
                and not isinstance(answer, str)
                and len(expected) == len(answer)
                and all(map(matches, expected, answer))
            )
    return type(expected) is type(answer) and bool(expected == answer)


def described(expected: Any) -> Any:
    """Return an expectation as JSON holds it."""
    match expected:
        case OneOf() | Containing():
            return str(expected)
        case Mapping():
            return {name: described(value) for name, value in expected.items()}
        case list() | tuple():
            return [described(value) for value in expected]
    return expected
