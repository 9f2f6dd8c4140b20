"""Where a SELECT and its clauses begin and end, in the tokens of a statement."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import NAME, STRING, Tokens, identifier, is_name
from local_aws.dialect.refusals import RedshiftError

SET_OPERATORS = frozenset(("union", "intersect", "except", "minus"))
CLAUSES = frozenset("into from where group having qualify window order limit offset".split())  # noqa: SIM905
_ENDS = frozenset((")", ";", "", "loop")) | SET_OPERATORS
_NO_ALIAS = vocabulary.words("no_aliases")
NO_TABLE_ALIAS = vocabulary.words("behind_tables")
BEFORE_SOURCE = frozenset(("from", "join", ","))
_OPERANDS = frozenset(("end", "null", "true", "false"))


@dataclass(slots=True)
class Select:
    """The SELECT at `start` up to `end`, and where its clauses begin."""

    tokens: Tokens
    start: int
    end: int = 0
    clauses: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.end = end_of_select(self.tokens, self.start + 1)
        for j in top_level(self.tokens, self.start + 1, self.end):
            if self.tokens.low[j] in CLAUSES and _begins_clause(self.tokens, j):
                self.clauses.setdefault(self.tokens.low[j], j)

    def first_of(self, *words: str) -> int:
        """Where the first of these clauses begins; the end when there is none."""
        return min((self.clauses[word] for word in words if word in self.clauses), default=self.end)

    @property
    def list_end(self) -> int:
        """Where the select list ends."""
        return self.first_of(*CLAUSES)

    @property
    def from_end(self) -> int:
        """Where the FROM clause ends."""
        return self.first_of(*CLAUSES - {"from", "into"})

    @property
    def in_set_operation(self) -> bool:
        """Whether it is one of several queries, so that an ORDER BY behind it is not its own."""
        before = self.start - 1
        while before > 0 and self.tokens.low[before] in ("all", "distinct", "("):
            before -= 1
        ahead = self.tokens.low[self.end] in SET_OPERATORS
        return ahead or (before >= 0 and self.tokens.low[before] in SET_OPERATORS)

    def items(self) -> list[tuple[int, int]]:
        """Return the items of the select list."""
        first = self.start + 1
        while self.tokens.low[first] in ("distinct", "all"):
            first += 1
        return self.tokens.split(first, self.list_end)

    def sources(self) -> list[tuple[int, str]]:
        """Where each table or subquery of FROM begins, and by which name, as it is spelt, it is called."""
        places = top_level(self.tokens, self.clauses.get("from", self.end), self.from_end)
        first = [j + 1 for j in places if self.tokens.low[j] in BEFORE_SOURCE]
        return [(at, source_names(self.tokens, at)[1]) for at in first]

    def source(self) -> str:
        """Return the FROM clause, as it is spelt; empty when there is none."""
        return self.tokens.render(self.clauses["from"], self.from_end) if "from" in self.clauses else ""


def alias_of(tokens: Tokens, first: int, last: int) -> tuple[str, int]:
    """Return the alias of the item at first..last, and where its expression ends; "" when it has none."""
    word, before = tokens.low[last - 1], tokens.low[last - 2]
    if last - first < 2 or not is_name(tokens, last - 1):
        return "", last
    if before == "as":
        return identifier(tokens.text[last - 1]), last - 2
    operand = before in (")", STRING, NAME, "]") or before[:1].isalnum() or before[:1] == "_"
    if operand and word not in _NO_ALIAS and before not in _NO_ALIAS - _OPERANDS:
        return identifier(tokens.text[last - 1]), last - 1
    return "", last


def source_names(tokens: Tokens, at: int) -> tuple[int, str]:
    """Where the table or subquery of FROM at `at` ends, and by which name it is called."""
    if tokens.low[at] == "(":
        at = tokens.close(at) + 1
    else:
        at = tokens.after_name(at)
        at = tokens.close(at) + 1 if tokens.low[at] == "(" else at  # a function
    named = at - 1
    if tokens.low[at] == "as":
        named, at = at + 1, at + 2
    elif tokens.low[at] == NAME or (
        tokens.low[at].isidentifier()
        and tokens.low[at] not in NO_TABLE_ALIAS
        and not tokens.matches(at, "start", "with")
    ):
        named, at = at, at + 1
    return at, tokens.text[named]


def is_star(tokens: Tokens, first: int, last: int) -> bool:
    """Whether the item is `*` or `owner.*`."""
    return tokens.low[last - 1] == "*" and (last - first == 1 or tokens.low[last - 2] == ".")


def end_of_select(tokens: Tokens, i: int) -> int:
    """Where the SELECT around i ends: at `)`, `;`, a set operator or the last token."""
    return next((j for j in top_level(tokens, i, len(tokens.low)) if tokens.low[j] in _ENDS), tokens.end)


def top_level(tokens: Tokens, start: int, stop: int) -> Iterator[int]:
    """Positions in start..stop outside inner parentheses; a closing one too many ends them, included."""
    j = start
    while j < stop:
        word = tokens.low[j]
        if word == "(":
            j = tokens.close(j) + 1
            continue
        yield j
        if word == ")":
            return
        j += 1


def outside_queries(tokens: Tokens, start: int, stop: int) -> Iterator[int]:
    """Positions in start..stop outside queries in parentheses."""
    j = start
    while j < stop:
        if tokens.low[j] == "(" and tokens.low[j + 1] in ("select", "with"):
            j = tokens.close(j)
        yield j
        j += 1


def select_before(tokens: Tokens, i: int) -> int | None:
    """Return the SELECT before i that is not in other parentheses and not of another statement or query."""
    start = tokens.around[i][1]
    return None if start < 0 else start


def outwards(tokens: Tokens, i: int) -> int:
    """Return the first token in the parentheses around i, or of the statement."""
    opening = tokens.around[i][0]
    if opening >= 0:
        return opening + 1
    return next((j + 1 for j in range(i - 1, -1, -1) if tokens.low[j] == ";"), 0)


def selects_around(tokens: Tokens, i: int) -> Iterator[tuple[Select, int]]:
    """Return the SELECTs that i belongs to, from the inside out, each with the position by which i is in it."""
    at = i
    while True:
        if (start := select_before(tokens, at)) is not None:
            yield Select(tokens, start), at
        first = outwards(tokens, at)
        if first == 0 or tokens.low[first - 1] == ";":
            return
        at = first - 1


def select_of(tokens: Tokens, i: int) -> tuple[Select, int]:
    """Return the innermost SELECT with a FROM that i belongs to, and the position by which i is in it."""
    select, at = next(selects_around(tokens, i), (None, i))
    if select is None or not select.start < select.clauses.get("from", tokens.end) < tokens.end:
        raise RedshiftError(f'syntax error at or near "{tokens.text[i]}"')
    return select, at


def _begins_clause(tokens: Tokens, j: int) -> bool:
    word, before = tokens.low[j], tokens.low[j - 1]
    if before in (".", "as"):
        return False
    if word in ("group", "order"):
        return before != "within" and tokens.low[j + 1] == "by"
    return word != "from" or before != "distinct" or tokens.low[j - 2] not in ("is", "not")
