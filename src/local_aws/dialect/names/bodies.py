"""Statements of a procedure's body, which are resolved when it is created.

For its variables stand calls of a function, for tables that it makes itself WITH tables. What is not there by then
stays as it is, and fails loudly when it runs.
"""

from collections.abc import Callable, Iterator
from functools import partial

from local_aws.dialect.lexing.literals import dollar_tag, dollar_value, quoted
from local_aws.dialect.lexing.tokens import BODY, Tokens, identifier, is_name
from local_aws.dialect.names.asking import RULE_WORDS, Answer, Asking, relay
from local_aws.dialect.names.settling import Variables, may_need_names
from local_aws.dialect.procedures.plpgsql import Branches, Node, Parser, blocks, leaves, walk
from local_aws.dialect.queries.selects import top_level
from local_aws.dialect.refusals import DialectError
from local_aws.dialect.rewriter import rewrite
from local_aws.dialect.statements.foreign import end_of_type

Resolve = Callable[..., Asking[str]]
_INTO = "/*local_aws_into*/"
_SQL = frozenset("select insert create update delete with merge".split())  # noqa: SIM905


def resolve_body(tokens: Tokens, at: int, resolve: Resolve) -> Asking[None]:
    """Resolve what is in the body, at `at`, of the procedure, in place."""
    tag = dollar_tag(tokens.text[at])
    body = Tokens(dollar_value(tokens.text[at]))
    try:
        nodes = Parser(body).parse()
    except RecursionError:
        return  # which the rewriter refuses
    variables = _variables(tokens, body, nodes)
    made: dict[str, str] = {}
    for start, end in _statements(body, nodes):
        if body.low[start] not in _SQL:
            continue
        text = body.render(start, end)
        asked, target = _without_into(Tokens(text))
        done = yield from _resolved(asked, made, variables, resolve)
        _note_table(made, Tokens(done))
        for name, stand_in in variables.items():
            done = done.replace(stand_in, name)
        done = done.replace(_INTO, target).strip()
        if target in done and done not in (text.strip(), rewrite(text).strip()):
            body.put(start, end, done)
    tokens.text[at] = tag + body.render() + tag


def _resolved(asked: str, made: dict[str, str], variables: Variables, resolve: Resolve) -> Asking[str]:
    tokens = Tokens(asked)
    if not (may_need_names(tokens) or tokens.low[0] == "create" or RULE_WORDS & set(tokens.low)):
        return asked
    try:
        return (yield from relay(resolve(asked, thorough=True, variables=variables), partial(_ask, made)))
    except DialectError:
        return asked  # the rules that need no names may do


def place_of_body(tokens: Tokens) -> int | None:
    """Return where the body is, if it is CREATE PROCEDURE with one."""
    if tokens.low[0] != "create" or "procedure" not in tokens.low[1:4]:
        return None
    for i in range(tokens.end):
        if tokens.low[i] == BODY:
            tag = dollar_tag(tokens.text[i])
            return i if len(tokens.text[i]) >= 2 * len(tag) and tokens.text[i].endswith(tag) else None
    return None


def _statements(body: Tokens, nodes: list[Node]) -> Iterator[tuple[int, int]]:
    """Statements and queries of loops, in order."""
    found = [(leaf.start, leaf.end) for leaf in leaves(nodes)]
    branches = [node for node in walk(nodes) if isinstance(node, Branches)]
    for first, last in (place for node in branches for place in node.conditions):
        query = next((j for j in range(first, last) if body.low[j] in ("select", "with")), last)
        if body.low[first] == "for" and query < last:
            found.append((query, last))
    return iter(sorted(found))


def _variables(tokens: Tokens, body: Tokens, nodes: list[Node]) -> Variables:
    """Return what stands for each argument and variable."""
    found: Variables = {}
    opening = tokens.low.index("(")
    for first, last in tokens.split(opening + 1, tokens.close(opening)):
        if first < last:
            _declare(found, tokens, first + (tokens.low[first] in ("in", "out", "inout")), last)
    for block in blocks(nodes):
        first = block.declare + 1 if block.declare is not None else block.begin
        for j in range(first, block.begin):
            if body.low[j] == ";":
                _declare(found, body, first, j)
                first = j + 1
    return found


def _declare(found: Variables, tokens: Tokens, first: int, last: int) -> None:
    stop = next((j for j in range(first, last) if tokens.low[j] in (":=", "=", "default", "not")), last)
    start = first + (2 if tokens.low[first + 1] == "constant" else 1)
    kind = tokens.render(start, stop).strip()
    has_type = kind and tokens.low[start] not in ("cursor", "refcursor", "record", "alias")
    if has_type and is_name(tokens, first):
        kind = "text" if "%" in kind else rewrite(f"select null::{kind}").removeprefix("select null::")
        name = quoted(tokens.text[first])
        found[identifier(tokens.text[first])] = f"pg_catalog.local_aws_variable({name}, NULL::{kind})"


def _without_into(tokens: Tokens) -> tuple[str, str]:
    """Return a query with a mark in the place of INTO and its variables, and those."""
    into = next((j for j in top_level(tokens, 1, tokens.end) if tokens.low[j] == "into"), None)
    if into is None or tokens.low[0] not in ("select", "with"):
        return tokens.render(), ""
    stop = into + 1 + (tokens.low[into + 1] == "strict")
    while tokens.low[stop + 1] in (",", "."):
        stop += 2
    target = tokens.render(into, stop + 1).strip()
    tokens.put(into, stop + 1, _INTO)
    return tokens.render(), target


def _ask(made: dict[str, str], query: str) -> Asking[Answer]:
    """Ask as if the tables that the procedure makes were there."""
    tokens = Tokens(query)
    words = set(tokens.text)
    tables = ", ".join(f"{name} AS ({made[name]})" for name in made if name in words)
    if not tables or tokens.low[0] not in ("select", "with", "("):
        return (yield query)
    recursive = " RECURSIVE" if tokens.matches(0, "with", "recursive") else ""
    rest = query.lstrip()
    prefix = f"WITH{recursive} {tables} "
    if tokens.low[0] == "with":
        rest = tokens.render(2 if recursive else 1)
        prefix = f"{prefix.rstrip()}, "
    answer = yield prefix + rest
    moved = answer.position - len(prefix) + (len(query) - len(rest))
    return Answer(answer.columns, answer.sqlstate, answer.message, max(moved, 0) if answer.position else 0)


def _note_table(made: dict[str, str], tokens: Tokens) -> None:
    """Note a table that the statement makes, as a query that has its columns."""
    at = next((j for j in range(6) if tokens.low[j] == "table"), None)
    if tokens.low[0] != "create" or at is None:
        return
    at += 4 if tokens.matches(at + 1, "if", "not", "exists") else 1
    text = tokens.text[at]
    behind = next((j for j in top_level(tokens, at, tokens.end) if tokens.low[j] == "as"), None)
    if behind is not None and tokens.low[behind + 1] in ("select", "with", "("):
        query = tokens.render(behind + 1)
    elif tokens.low[at + 1] == "(":
        columns = [part for part in tokens.split(at + 2, tokens.close(at + 1)) if is_name(tokens, part[0])]
        query = ", ".join(
            f"NULL::{tokens.render(first + 1, end_of_type(tokens, first + 1)).strip()} AS {tokens.text[first]}"
            for first, _ in columns
        )
        query = f"SELECT {query}"
    else:
        return
    name = f'"{text.lower()}"' if text.startswith("#") else text
    made[name] = rewrite(query)
