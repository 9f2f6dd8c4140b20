"""The block structure of a procedure body, as positions in its tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from local_aws.dialect.lexing.tokens import Tokens


@dataclass(slots=True)
class Leaf:
    """A statement without statements inside; `end` is its `;`."""

    start: int
    end: int


@dataclass(slots=True)
class Branches:
    """IF, CASE or a loop: the statement lists in it, and where the conditions between them are."""

    start: int
    end: int = 0
    bodies: list[list["Node"]] = field(default_factory=list)
    conditions: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """[<<label>>] [DECLARE ...] BEGIN ... [EXCEPTION ... THEN ...] END; `close` is the END, `end` its `;`."""

    start: int
    declare: int | None = None
    begin: int = 0
    exception: int = 0
    then: int = 0
    close: int = 0
    end: int = 0
    body: list["Node"] = field(default_factory=list)
    handler: list["Node"] = field(default_factory=list)


Node = Leaf | Branches | Block


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """All nodes at any depth, in order, handlers included."""
    for node in nodes:
        yield node
        if isinstance(node, Block):
            yield from walk((*node.body, *node.handler))
        elif isinstance(node, Branches):
            for body in node.bodies:
                yield from walk(body)


def leaves(nodes: Sequence[Node]) -> Iterator[Leaf]:
    """All statements without inner statements."""
    return (node for node in walk(nodes) if isinstance(node, Leaf))


def blocks(nodes: Sequence[Node]) -> Iterator[Block]:
    """All blocks."""
    return (node for node in walk(nodes) if isinstance(node, Block))


class Parser:
    """Recursive descent over statements; a malformed body simply ends early, for the engine to complain about."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.low = tokens.low
        self.at = 0

    def parse(self) -> list[Node]:
        """Return the statements of the whole body: usually one block."""
        return self._statements(frozenset())

    def _statements(self, stops: frozenset[str]) -> list[Node]:
        nodes: list[Node] = []
        while self.low[self.at] and self.low[self.at] not in stops:
            nodes.append(self._statement())
        return nodes

    def _statement(self) -> Node:
        start = self.at
        while self.tokens.matches(self.at, "<", "<"):
            self.at = min(self.at + 5, self.tokens.end)
        word = self.low[self.at]
        begins = word == "begin" and self.low[self.at + 1] not in (";", "transaction", "work")
        if word == "declare" or begins:
            return self._block(start)
        if word in ("if", "case", "loop", "while", "for", "foreach"):
            return self._branches(start, "then" if word in ("if", "case") else "loop")
        return Leaf(self.at, self._skip(";"))

    def _block(self, start: int) -> Block:
        block = Block(start, self.at if self.low[self.at] == "declare" else None)
        while self.low[self.at] not in ("begin", ""):
            self.at += 1
        block.begin = self.at
        self._step()
        block.body = self._statements(frozenset(("exception", "end")))
        if self.low[self.at] == "exception":
            block.exception, block.then = self.at, self._find("then")
            self.at = block.then
            self._step()
            block.handler = self._statements(frozenset(("end", "when")))
        block.close = self.at
        block.end = self._skip(";")
        return block

    def _branches(self, start: int, opening: str) -> Branches:
        node = Branches(start)
        while self.low[self.at] not in ("end", ""):
            if self.low[self.at] != "else":
                first, self.at = self.at, self._find(opening, self.at + (self.low[self.at] == "case"))
                node.conditions.append((first, self.at))
            self._step()
            node.bodies.append(self._statements(frozenset(("elsif", "elseif", "else", "when", "end"))))
        node.end = self._skip(";")
        return node

    def _step(self) -> None:
        self.at = min(self.at + 1, self.tokens.end)

    def _skip(self, word: str) -> int:
        """Move behind the next `word`; returns its position."""
        self.at = found = self._find(word)
        self._step()
        return found

    def _find(self, word: str, start: int | None = None) -> int:
        """Return the next `word` outside CASE expressions."""
        depth = 0
        for i in range(self.at if start is None else start, len(self.low)):
            low = self.low[i]
            if low == word and depth == 0:
                return i
            if low == "case":
                depth += 1
            elif low == "end" and depth:
                depth -= 1
        return self.tokens.end
