"""Oracle's outer joins, `a.x = b.x(+)` in WHERE: a chain of LEFT JOINs."""

from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.dialect.names.asking import Asking
from local_aws.dialect.names.columns import columns_of
from local_aws.dialect.queries.selects import Select, select_of, source_names, top_level
from local_aws.dialect.refusals import UnsupportedError, refuse_as_redshift

Columns = dict[str, list[str]]


def outer_joins(tokens: Tokens, i: int) -> Asking[None]:
    """All (+) of the WHERE clause around the one at i."""
    select, at = select_of(tokens, i)
    where = select.clauses.get("where", tokens.end)
    if at < where or at > select.first_of("group", "having", "qualify", "order", "limit"):
        raise UnsupportedError("(+) outside WHERE")
    sources, columns = yield from _sources(tokens, select)
    joins: dict[str, list[str]] = {}
    needs: dict[str, set[str]] = {}
    rest: list[str] = []
    where_end = select.first_of("group", "having", "qualify", "order", "limit", "offset", "window")
    for first, last in _conditions(tokens, where + 1, where_end):
        used, marked = _tables(tokens, first, last, columns)
        if not marked:
            rest.append(tokens.render(first, last).strip())
            continue
        if len(marked) > 1 or {"or", "select"} & set(tokens.low[first:last]):
            raise UnsupportedError("(+) of two tables, with OR or with a subquery in one condition")
        [table] = marked
        for j in range(first, last):
            if tokens.matches(j, "(", "+", ")"):
                tokens.drop(j, j + 3)
        joins.setdefault(table, []).append(tokens.render(first, last).strip())
        needs.setdefault(table, set()).update(used - {table})
    joined = _join(sources, joins, needs)
    if any(tokens.low[first] == "*" for first, _ in select.items()) and list(joined) != list(sources):
        raise UnsupportedError("SELECT * with (+) on a table before the one that it is joined to")
    text = " ".join(joined.values()) + (f" WHERE {' AND '.join(rest)}" if rest else "")
    tokens.put(select.clauses["from"] + 1, where_end, f"{text}\n")


def _sources(tokens: Tokens, select: Select) -> Asking[tuple[dict[str, str], Columns]]:
    """Return the tables of FROM by their names, as they are spelt, and their columns."""
    start, stop = select.clauses["from"], select.clauses["where"]
    if any(tokens.low[j] == "join" for j in top_level(tokens, start, stop)):
        refuse_as_redshift("(+) beside JOIN")
    sources: dict[str, str] = {}
    columns: Columns = {}
    for first, last in tokens.split(start + 1, stop):
        name = identifier(source_names(tokens, first)[1])
        sources[name] = tokens.render(first, last).strip()
        columns[name] = yield from columns_of(tokens, select.start, f"SELECT * FROM {sources[name]}")  # noqa: S608
    return sources, columns


def _join(sources: dict[str, str], joins: dict[str, list[str]], needs: dict[str, set[str]]) -> dict[str, str]:
    """Return the FROM clause in pieces, by table: each outer one behind those that it is joined to."""
    if any(not needed for needed in needs.values()):
        raise UnsupportedError("(+) without a condition that joins")
    plain = [name for name in sources if name not in joins]
    found = {name: ("CROSS JOIN " if n else "") + sources[name] for n, name in enumerate(plain)}
    while plain and len(found) < len(sources):
        name = next((name for name in joins if name not in found and needs[name] <= set(found)), None)
        if name is None:
            break
        found[name] = f"LEFT JOIN {sources[name]} ON {' AND '.join(joins[name])}"
    if len(found) < len(sources):
        raise UnsupportedError("(+) in a circle")
    return found


def _conditions(tokens: Tokens, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the conditions between AND; OR and CASE outside parentheses are refused."""
    found: list[tuple[int, int]] = []
    first, between = start, False
    for j in top_level(tokens, start, stop):
        word = tokens.low[j]
        if word in ("or", "case"):
            raise UnsupportedError("(+) beside OR or CASE")
        if word == "and" and not between:
            found.append((first, j))
            first = j + 1
        between = word == "between" or (between and word != "and")
    return [*found, (first, stop)]


def _tables(tokens: Tokens, first: int, last: int, columns: Columns) -> tuple[set[str], set[str]]:
    """Return the tables that a condition uses, and those that it marks by (+)."""
    used: set[str] = set()
    marked: set[str] = set()
    j = first
    while j < last:
        outer = tokens.matches(j + 1, "(", "+", ")")
        if is_name(tokens, j) and (outer or tokens.low[j + 1] != "("):
            stop = tokens.after_name(j)
            *owner, column = (identifier(tokens.text[part]) for part in range(j, stop, 2))
            owners = {
                name for name, has in columns.items() if (name in owner[-1:] if owner else column in has)
            }
            j = stop - 1
            outer = tokens.matches(stop, "(", "+", ")")
            if len(owners) > 1 or (outer and not owners):
                raise UnsupportedError(f"(+) beside {column}, of which it cannot tell the table")
            used |= owners
            marked |= owners if outer else set()
        j += 1
    return used, marked
