"""Redshift's transactions and error handling in procedures, in PostgreSQL's terms.

Redshift's default mode: an error rolls the whole transaction back, the handler runs in a new one, which is
committed, and the original error is raised again. NONATOMIC: each statement commits, and the handler ends the
error. PostgreSQL would keep the work done before the block, swallow the error, and refuse COMMIT in a block with
a handler. So where that matters the protected statements become inner blocks that only remember the error,
and the handler follows them, outside, where ROLLBACK and COMMIT are legal:

    BEGIN <<try>> BEGIN  BEGIN a; EXCEPTION (remember) END; EXIT try WHEN failed;  COMMIT;  BEGIN b; ... END;
    IF failed THEN ROLLBACK; handler; COMMIT; RAISE the original; END IF; END;

A CONTINUE_HANDLER follows each statement instead of the block.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from local_aws.dialect import vocabulary
from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.procedures import dynamic
from local_aws.dialect.procedures.plpgsql import Block, Branches, Leaf, Node, leaves
from local_aws.dialect.refusals import UnsupportedError

_HANDLERS: dict[str, str] = vocabulary.table("procedures/handlers")
_ERROR = {"sqlstate": "local_aws_state_", "sqlerrm": "local_aws_message_"}
_HANDLER = ["exception", "when", "others", "then"]
_KINDS = ("continue_handler", "exit_handler", "\0")
_JUMPS = frozenset(("return", "exit", "continue"))
_ENDS = frozenset(("commit", "rollback", "truncate"))
# Statements that are no SQL: they need no transaction.
_PLAIN = frozenset(("raise", "null", "get", "return", "exit", "continue"))
_CURSOR = frozenset(("open", "fetch", "move", "close"))
_UNSAFE_IN_CONDITION = frozenset(("(", "/", "%", "::", "select", "execute"))


@dataclass
class TransactionRules:
    """Rewrites the blocks of one body; `nonatomic` is the procedure's mode, `finish` is what comes after this."""

    tokens: Tokens
    nonatomic: bool
    finish: Callable[[str], str]
    blocks: int = 0
    # The handlers behind which their blocks go on, by the blocks' numbers.
    going_on: dict[int, str] = field(default_factory=dict)

    def apply(self, nodes: Sequence[Node]) -> None:
        """Rewrite the whole body, unless that was done already."""
        if not any(word.startswith("local_aws_") for word in self.tokens.low):
            self._walk(nodes, None)

    def _walk(self, nodes: Sequence[Node], around: int | None) -> None:
        """Statements whose errors the block numbered `around` handles (None: nobody)."""
        for special, group in groupby(nodes, self._is_special):
            run = list(group)
            if special or around in self.going_on:
                for node in run:
                    self._special(node, around)
                continue
            for node in run:
                if isinstance(node, Block | Branches):
                    self._inside(node)
            self._follow_dynamic(run, around is not None)
            if around is not None:
                self._protect(run, around)

    def _is_special(self, node: Node) -> bool:
        """Whether a transaction ends inside the node, so that no block with a handler may surround it."""
        if isinstance(node, Leaf):
            return self._ends(node) or (self.nonatomic and self._is_sql(node))
        if isinstance(node, Branches):
            return any(self._is_special(inner) for body in node.bodies for inner in body)
        return self._is_outside(node) or any(self._is_special(inner) for inner in (*node.body, *node.handler))

    def _is_outside(self, block: Block) -> bool:
        """Whether the block's handler has to move out of the block."""
        if not block.exception:
            return False
        self._check(block)
        return (
            self.nonatomic
            or any(self._is_special(node) for node in block.body)
            or any(self._is_sql(leaf) for leaf in leaves(block.handler))
        )

    def _special(self, node: Node, around: int | None) -> None:
        if isinstance(node, Leaf):
            self._ending_leaf(node, around)
        elif isinstance(node, Branches):
            self._check_loop(node)
            if around is not None:
                self._check_conditions(node)
            for body in node.bodies:
                self._walk(body, around)
        elif self._is_outside(node):
            self._handle_outside(node, around)
        else:
            self._walk(node.body, around)

    def _inside(self, node: Block | Branches) -> None:
        """Blocks of a node in which no transaction ends: a handler only has to raise again."""
        lists = node.bodies if isinstance(node, Branches) else [node.body, node.handler]
        for body in lists:
            for inner in body:
                if isinstance(inner, Block | Branches):
                    self._inside(inner)
        if isinstance(node, Block) and node.exception:
            self._check(node)
            for leaf in leaves(node.handler):
                if self.tokens.low[leaf.start] == "return":
                    self.tokens.text[leaf.start] = "RAISE"
            if not self.tokens.matches(node.close - 2, "raise", ";"):
                self.tokens.before(node.close, "RAISE; ")
            self._mark_calls(node.body)

    def _ending_leaf(self, leaf: Leaf, around: int | None) -> None:
        word = self.tokens.low[leaf.start]
        if word in ("commit", "rollback"):
            return
        if word == "start" or self.tokens.matches(leaf.start, "begin"):
            self.tokens.put(leaf.start, leaf.end, _HANDLERS["begin"])
            return
        truncates = self._ends(leaf)
        if around is not None and word not in _JUMPS:
            self._protect([leaf], around)
        if not self._is_special(leaf):
            return
        self.tokens.after(leaf.end, _HANDLERS["truncates" if truncates else "autocommit"])

    def _follow_dynamic(self, nodes: Sequence[Node], protected: bool) -> None:
        """Follow a computed EXECUTE, which may turn out to be TRUNCATE, which commits."""
        for node in nodes:
            if isinstance(node, Leaf):
                executes = self.tokens.low[node.start] == "execute"
                if executes and dynamic.is_computed(self.tokens, node.start):
                    self.tokens.after(node.end, _HANDLERS["no_truncate" if protected else "commit_truncate"])
            elif isinstance(node, Branches):
                for body in node.bodies:
                    self._follow_dynamic(body, protected)
            else:
                self._follow_dynamic(node.body, protected or bool(node.exception))

    def _protect(self, run: Sequence[Node], around: int) -> None:
        self._mark_calls(run)
        then = self.going_on.get(around) or _HANDLERS["leave"].format(n=around)
        self.tokens.before(run[0].start, "BEGIN ")
        self.tokens.after(run[-1].end, _HANDLERS["catch"].format(n=around) + then)

    def _mark_calls(self, run: Sequence[Node]) -> None:
        """Procedures called under protection cannot end the transaction; tell them."""
        for leaf in leaves(run):
            if self.tokens.low[leaf.start] == "call" and self.tokens.low[leaf.end + 2] != "set_config":
                self.tokens.before(leaf.start, _HANDLERS["nested"])
                self.tokens.after(leaf.end, _HANDLERS["not_nested"])

    def _handle_outside(self, block: Block, around: int | None) -> None:
        self.blocks += 1
        number = self.blocks
        tokens = self.tokens
        self._walk(block.handler, around)
        self._rename_error(block, number)
        if tokens.low[block.exception + 1] == "continue_handler":
            handler = self.finish(tokens.render(block.then + 1, block.close).strip())
            self.going_on[number] = _HANDLERS["go_on"].format(n=number, handler=handler)
            tokens.drop(block.then + 1, block.close)
        self._walk(block.body, number)
        declaration = _HANDLERS["declare"].format(n=number)
        if block.declare is None:
            tokens.before(block.begin, f"DECLARE{declaration} ")
        else:
            tokens.after(block.declare, declaration)
        tokens.after(block.begin, _HANDLERS["statements"].format(n=number))
        tokens.drop(block.exception, block.then + 1)
        tokens.lead[block.exception] = " "
        tokens.text[block.exception] = _HANDLERS["handle"].format(n=number)
        raised = _HANDLERS["raise" if around is None else "hand_on"].format(n=number, around=around)
        tokens.before(block.close, "END IF; " if self.nonatomic else f"COMMIT; {raised}END IF; ")

    def _rename_error(self, block: Block, number: int) -> None:
        """Outside the EXCEPTION section the error is in variables, and RAISE cannot repeat it."""
        for i in range(block.then, block.close):
            if self.tokens.low[i] in ("sqlerrm", "sqlstate"):
                self.tokens.text[i] = f"{_ERROR[self.tokens.low[i]]}{number}"
        for leaf in leaves(block.handler):
            if self.tokens.matches(leaf.start, "raise", ";"):
                self.tokens.drop(leaf.start, leaf.end)
                self.tokens.before(leaf.end, " NULL; " + _HANDLERS["raise"].format(n=number).rstrip("; "))

    def _check(self, block: Block) -> None:
        words = self.tokens.low
        kind = words[block.exception + 1]
        if kind == "continue_handler" and not self.nonatomic:
            raise UnsupportedError("CONTINUE_HANDLER in procedures that are not NONATOMIC")
        if kind == "exit_handler":  # what every other handler is
            self.tokens.drop(block.exception + 1, block.exception + 2)
        condition = [word for word in words[block.exception : block.then + 1] if word not in _KINDS]
        if condition != _HANDLER:
            raise UnsupportedError("exception conditions other than OTHERS")
        if words[block.close] != "end":
            raise UnsupportedError("more than one WHEN in an exception handler")

    def _check_loop(self, node: Branches) -> None:
        """Redshift closes the cursor of a loop over a query when a transaction ends; PostgreSQL would go on."""
        words = self.tokens.low[slice(*node.conditions[0])]
        if words[:1] == ["for"] and ".." not in words and not self._in_transaction_block(node):
            raise UnsupportedError("COMMIT, TRUNCATE or NONATOMIC inside a FOR loop over a query")

    def _in_transaction_block(self, node: Branches) -> bool:
        """NONATOMIC: whether START TRANSACTION comes before the loop, and nothing in the loop ends it."""
        starts = [i for i in range(node.start) if self.tokens.matches(i, "start", "transaction")]
        opened = max(starts, default=-1)
        ended = [i for i in range(opened, node.end) if self.tokens.low[i] in _ENDS]
        return self.nonatomic and opened >= 0 and not ended

    def _check_conditions(self, node: Branches) -> None:
        for first, last in node.conditions:
            if _UNSAFE_IN_CONDITION.intersection(self.tokens.low[first:last]):
                raise UnsupportedError(
                    "COMMIT, TRUNCATE or NONATOMIC inside a loop or branch whose condition may fail,"
                    " in a block with a handler (assign the condition to a variable first)"
                )

    def _ends(self, leaf: Leaf) -> bool:
        words = self.tokens.low
        if words[leaf.start] != "execute":
            return words[leaf.start] in _ENDS
        # The expression begins behind the call that an earlier run put around it.
        first = leaf.start + (5 if words[leaf.start + 3] == "local_aws_dynamic" else 1)
        return self.tokens.text[first].strip("E'").lstrip().lower().startswith("truncate")

    def _is_sql(self, leaf: Leaf) -> bool:
        word = self.tokens.low[leaf.start]
        words = self.tokens.low[leaf.start : leaf.end]
        is_assignment = words[1:2] in ([":="], ["="]) and "select" not in words
        return word not in _PLAIN and word not in _CURSOR and not is_assignment
