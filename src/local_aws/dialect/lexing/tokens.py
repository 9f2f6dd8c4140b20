"""Tokens of one script, edited in place: indexes stay valid while rules delete, replace and insert."""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import accumulate

from local_aws.dialect.lexing.lexer import lex

# What `low` shows for tokens whose content no rule may look at, and for #names.
STRING, NAME, BODY, TEMPORARY = "'", '"', "$$", "#"
_LOOK_AHEAD = 8
_QUERY_ENDS = frozenset(("union", "intersect", "except", "minus"))


def _class(text: str) -> str:
    first = text[:1]
    if first == '"':
        return NAME
    if first == "'" or (text[1:2] == "'" and first in "eE"):
        return STRING
    if first == "$" and len(text) > 1 and not text[1].isdigit():
        return BODY
    if first == "#" and len(text) > 1:
        return TEMPORARY
    return text.lower()


def identifier(text: str) -> str:
    """Return the name that an identifier, quoted or not, stands for."""
    return text[1:-1].replace('""', '"') if text[:1] == '"' else text.lower()


class Tokens:
    """Three parallel lists: `lead` (space and comments before), `text` (output) and `low` (what rules match).

    `low` is the lower-cased input token, one of the constants for opaque ones, "" from `end` on. It does not
    change when `text` is edited, except for deleted tokens, which stop matching.
    """

    def __init__(self, sql: str) -> None:
        self.lead, self.text = lex(sql)
        # Most tokens occur many times.
        low = {text: _class(text) for text in set(self.text)}
        self.low = [low[text] for text in self.text]
        self.end = len(self.text) - 1
        # Where select lists end, by their SELECT, once somebody has looked.
        self.list_ends: dict[int, int] = {}
        # Rules look a few tokens ahead; malformed SQL is for the engine to complain about.
        for parts in (self.lead, self.text, self.low):
            parts += [""] * _LOOK_AHEAD

    def render(self, start: int = 0, stop: int | None = None) -> str:
        """Return the text of tokens start..stop (all of them by default)."""
        stop = len(self.text) if stop is None else stop
        pairs = zip(self.lead[start:stop], self.text[start:stop], strict=True)
        return "".join([lead + text for lead, text in pairs])

    def starts(self, size: Callable[[str], int] = len) -> list[int]:
        """Where each token begins, as `size` counts."""
        ends = accumulate(size(lead + text) for lead, text in zip(self.lead, self.text, strict=True))
        return [end - size(text) for end, text in zip(ends, self.text, strict=True)]

    def drop(self, start: int, stop: int) -> None:
        """Delete tokens start..stop; comments between them stay."""
        for i in range(start, stop):
            self.text[i] = ""
            self.low[i] = "\0"
            if "-" not in self.lead[i] and "/" not in self.lead[i]:
                self.lead[i] = ""

    def replace(self, start: int, stop: int, text: str) -> None:
        """Put text in the place of tokens start..stop, with their comments, and keep rules from all of them."""
        lead = self.lead[start]
        for i in range(start, stop):
            self.lead[i] = self.text[i] = ""
            self.low[i] = "\0"
        self.lead[start], self.text[start], self.low[start] = lead, text, "()"

    def put(self, start: int, stop: int, text: str) -> None:
        """Put text in the place of tokens start..stop, apart from what is before it; comments between them stay."""
        lead = self.lead[start] or (" " if start else "")
        self.drop(start, stop)
        self.lead[start], self.text[start] = lead, text

    def before(self, i: int, text: str) -> None:
        """Insert text right before token i."""
        self.text[i] = text + self.text[i]

    def after(self, i: int, text: str) -> None:
        """Insert text right after token i."""
        self.text[i] += text

    def matches(self, i: int, *words: str) -> bool:
        """Whether the tokens from i on read as these words."""
        return tuple(self.low[i : i + len(words)]) == words

    def after_name(self, at: int) -> int:
        """Return the position behind the possibly qualified name at `at`."""
        while self.low[at + 1] == ".":
            at += 2
        return at + 1

    def close(self, i: int) -> int:
        """Index of what closes the parenthesis or bracket at i; the end when nothing does or there is none at i."""
        return self._closing.get(i, self.end)

    def open(self, i: int) -> int:
        """Index of what opens the parenthesis or bracket that closes at i; 0 when nothing does."""
        return self._opening.get(i, 0)

    @cached_property
    def _opening(self) -> dict[int, int]:
        return {close: i for i, close in self._closing.items()}

    @cached_property
    def _closing(self) -> dict[int, int]:
        """What closes each parenthesis and bracket, found once: rules delete them only in pairs."""
        found: dict[int, int] = {}
        opened: dict[str, list[int]] = {")": [], "]": []}
        for i, word in enumerate(self.low):
            if word == "(":
                opened[")"].append(i)
            elif word == "[":
                opened["]"].append(i)
            elif opened.get(word):
                found[opened[word].pop()] = i
        return found

    @cached_property
    def around(self) -> list[tuple[int, int]]:
        """For each token the parenthesis that it is in, and the SELECT before it in the same query; -1 for none."""
        found: list[tuple[int, int]] = []
        opened = [(-1, -1)]
        for i, word in enumerate(self.low):
            found.append(opened[-1])
            if word == "(":
                opened.append((i, -1))
            elif word == ")" and len(opened) > 1:
                opened.pop()
            elif word == ";":
                opened = [(-1, -1)]
            elif word == "select" or word in _QUERY_ENDS:
                opened[-1] = opened[-1][0], i if word == "select" else -1
        return found

    def statements(self) -> Iterator[tuple[int, int]]:
        """Start and end (the `;` or the last token) of every non-empty statement."""
        start = 0
        for i, word in enumerate(self.low):
            if word in (";", ""):
                if i > start:
                    yield start, i
                start = i + 1

    def split(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return the ranges between top-level commas of start..stop."""
        ranges, first, i = [], start, start
        while i < stop:
            if self.low[i] in ("(", "["):
                i = self.close(i)
            elif self.low[i] == ",":
                ranges.append((first, i))
                first = i + 1
            i += 1
        ranges.append((first, stop))
        return ranges


def is_name(tokens: Tokens, i: int) -> bool:
    """Whether token i is a word or a quoted name that ends; not a #name."""
    word, text = tokens.low[i], tokens.text[i]
    return word[:1].isalpha() or word[:1] == "_" or (word == NAME and len(text) > 1 and text[-1] == '"')
