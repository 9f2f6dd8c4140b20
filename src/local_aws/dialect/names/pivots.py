"""PIVOT and UNPIVOT of a table in FROM: a subquery, whose other columns PostgreSQL is asked for."""

from local_aws.dialect.lexing.literals import literal_value, quoted, quoted_name
from local_aws.dialect.lexing.tokens import STRING, Tokens, identifier, is_name
from local_aws.dialect.names.asking import Asking
from local_aws.dialect.names.columns import columns_of
from local_aws.dialect.queries.selects import select_of, top_level
from local_aws.dialect.refusals import RedshiftError, UnsupportedError


def pivot(tokens: Tokens, i: int) -> Asking[None]:
    """PIVOT (aggregate(x) [AS name] FOR column IN (value [AS name], ...)): an aggregate of each value's rows."""
    first, source, columns = yield from _source(tokens, i)
    column, values, at, close = _parts(tokens, i + 1)
    name, used, distinct, call = _aggregate(tokens, i + 2, at)
    groups = [quoted_name(other) for other in columns if other not in (*used, column)]
    if column not in columns:
        raise RedshiftError(f'column "{column}" does not exist')
    aggregates = []
    for value, label in values:
        matches = f"{quoted_name(column)} {'IS NULL' if value.lower() == 'null' else f'= {value}'}"
        title = f"{label}_{name}" if name else label
        text = f"{call[0]}({distinct}CASE WHEN {matches} THEN {call[1]} END)"
        aggregates.append(f"{text} AS {quoted_name(title)}")
    by = f" GROUP BY {', '.join(groups)}" if groups else ""
    query = f"SELECT {', '.join(groups + aggregates)} FROM {source}{by}"  # noqa: S608 - the user's own SQL
    tokens.replace(first, close + 1, f" ({query})")


def unpivot(tokens: Tokens, i: int) -> Asking[None]:
    """UNPIVOT [INCLUDE NULLS] (value FOR name IN (column [AS label], ...)): a row for each of the columns."""
    first, source, columns = yield from _source(tokens, i)
    opening = i + 1 if tokens.low[i + 1] == "(" else i + 3
    name, turned, at, close = _parts(tokens, opening)
    if at != opening + 2:
        raise UnsupportedError("UNPIVOT of several columns at once")
    if missing := sorted({column for column, _ in turned} - set(columns)):
        raise RedshiftError(f'column "{missing[0]}" does not exist')
    rest = [quoted_name(other) for other in columns if other not in dict(turned)]
    title, value = quoted_name(name), quoted_name(identifier(tokens.text[opening + 1]))
    queries = []
    for column, label in turned:
        spelt = quoted_name(column)
        items = ", ".join([*rest, f"{quoted(label)}::varchar AS {title}", f"{spelt} AS {value}"])
        where = "" if tokens.low[i + 1] == "include" else f" WHERE {spelt} IS NOT NULL"
        queries.append(f"SELECT {items} FROM local_aws_source{where}")  # noqa: S608
    # The source is read once, whatever is in it.
    once = f"WITH local_aws_source AS (SELECT * FROM {source})"  # noqa: S608
    tokens.replace(first, close + 1, f" ({once} {' UNION ALL '.join(queries)})")


def _source(tokens: Tokens, i: int) -> Asking[tuple[int, str, list[str]]]:
    """Return the table or subquery before the word at i: where it begins, its text and its columns."""
    select, _ = select_of(tokens, i)
    first = select.clauses["from"] + 1
    for j in top_level(tokens, first, i):
        if tokens.low[j] in (",", "join"):
            first = j + 1
        elif tokens.low[j] in ("on", "using", "pivot", "unpivot"):
            raise UnsupportedError(f"{tokens.low[i].upper()} of joined or turned tables without a subquery")
    source = tokens.render(first, i).strip()
    columns = yield from columns_of(tokens, select.start, f"SELECT * FROM {source}")  # noqa: S608
    return first, source, columns


def _parts(tokens: Tokens, opening: int) -> tuple[str, list[tuple[str, str]], int, int]:
    """Of `(... FOR name IN (value [AS label], ...))`: the name, values and labels, where FOR is and where it ends."""
    close = tokens.close(opening)
    at = next((j for j in top_level(tokens, opening + 1, close) if tokens.low[j] == "for"), close)
    if not (is_name(tokens, at + 1) and tokens.matches(at + 2, "in", "(")):
        raise UnsupportedError("PIVOT and UNPIVOT in this form")
    values = [_labelled(tokens, *part) for part in tokens.split(at + 4, tokens.close(at + 3))]
    return identifier(tokens.text[at + 1]), values, at, close


def _labelled(tokens: Tokens, first: int, last: int) -> tuple[str, str]:
    """Return a value of the list, a name without its quotes, and what its column or row is called."""
    label = ""
    if last - first > 1 and is_name(tokens, last - 1):
        label = identifier(tokens.text[last - 1])
        last -= 2 if tokens.low[last - 2] == "as" else 1
    value = tokens.render(first, last).strip()
    if last - first == 1 and tokens.low[first] == STRING:
        return value, label or literal_value(value)
    if last - first == 1 and is_name(tokens, first):
        return identifier(tokens.text[first]), label or identifier(tokens.text[first])
    if not label and not value.lstrip("-").replace(".", "").isdigit():
        raise UnsupportedError("PIVOT of expressions without an alias")
    return value, label or value


def _aggregate(tokens: Tokens, first: int, stop: int) -> tuple[str, set[str], str, tuple[str, str]]:
    """Return the aggregate's alias, the columns that it uses, DISTINCT, and its function and argument."""
    opening = first + 1
    close = tokens.close(opening)
    if not is_name(tokens, first) or tokens.low[opening] != "(" or stop - close > 3:
        raise UnsupportedError("PIVOT by other than one aggregate")
    named = stop > close + 1
    inside = opening + 1
    distinct = "DISTINCT " if tokens.low[inside] == "distinct" else ""
    inside += bool(distinct)
    if len(tokens.split(inside, close)) > 1:
        raise UnsupportedError("PIVOT by an aggregate of several arguments")
    argument = tokens.render(inside, close).strip()
    used = {identifier(tokens.text[j]) for j in range(inside, close) if is_name(tokens, j)}
    alias = identifier(tokens.text[stop - 1]) if named else ""
    return alias, used, distinct, (tokens.text[first], "1" if argument == "*" else f"({argument})")
