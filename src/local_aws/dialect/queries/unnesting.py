"""SUPER: steps into a value by `[...]`, and arrays and objects in FROM. Which names are columns is asked elsewhere."""

from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import STRING, Tokens, is_name
from local_aws.dialect.messages import NAVIGATION
from local_aws.dialect.queries.clauses import refuse_pivot
from local_aws.dialect.queries.naming import name_item
from local_aws.dialect.queries.selects import BEFORE_SOURCE, NO_TABLE_ALIAS, selects_around
from local_aws.dialect.refusals import RedshiftError, UnsupportedError
from local_aws.dialect.statements import foreign

_NO_CALL = frozenset(("in", "and", "or", "not", "select", "as", "on", "where", "when", "then", "else"))


def steps(tokens: Tokens, i: int) -> None:
    """Rewrite the first `[` behind a value: this and all further steps become calls."""
    if tokens.low[i - 1] == "]" or tokens.low[tokens.close(i)] != "]":
        return
    if tokens.low[i - 1] == "\0":
        raise UnsupportedError(NAVIGATION)
    first = _start_of_value(tokens, i)
    if first is None:
        return
    if tokens.low[i + 1] == "]" or tokens.low[i - 1] == "array" or tokens.low[first - 1] == "::":
        if tokens.low[first] == "aclitem":  # of the catalog, which Redshift has too
            return
        raise RedshiftError("arrays are not supported; SUPER holds arrays")
    item = from_item(tokens, first)
    if item is not None:
        unnest(tokens, item)
        return
    text, name, stop = _path(tokens, first, i)
    tokens.replace(first, stop, text)
    name_item(tokens, first, stop, name)


def member(value: str, name: str) -> str:
    """Return the call that takes an attribute, as it is spelt, out of an object."""
    spelt = name[1:-1].replace('""', '"') if name.startswith('"') else name
    if spelt == spelt.lower():
        return f"pg_catalog.local_aws_member({value}, {quoted(spelt)})"
    return f"pg_catalog.local_aws_attribute({value}, {quoted(spelt)}, {str(name != spelt).lower()})"


def in_from(tokens: Tokens, i: int) -> None:
    """AT, UNNEST and UNPIVOT, where they are of an item of FROM that unnests."""
    word, item = tokens.low[i], None
    if word == "at":
        follows = is_name(tokens, i + 1) and tokens.low[i + 1] != "time" and is_name(tokens, i - 1)
        item = from_item(tokens, _before_alias(tokens, i)) if follows else None
    elif tokens.low[i - 1] in BEFORE_SOURCE:
        called = word == "unnest" and tokens.low[i + 1] == "("
        item = i if called or (word == "unpivot" and is_name(tokens, i + 1)) else None
    if item is not None:
        unnest(tokens, item)
    elif word == "unnest":
        foreign.refuse_function(tokens, i)
    elif word == "unpivot":
        refuse_pivot(tokens, i)


def unnest(tokens: Tokens, first: int) -> None:
    """Rewrite the item of FROM at `first`: [UNPIVOT] value [[AS] name [AT name]] or UNNEST(value) [WITH OFFSET] ..."""
    pairs = tokens.low[first] == "unpivot"
    value = first + pairs
    if tokens.low[value] == "unnest":
        stop = tokens.close(value + 1) + 1
        text, name = tokens.render(value + 2, stop - 1).strip(), "unnest"
    else:
        text, name, stop = _path(tokens, value, value)
    offset = tokens.matches(stop, "with", "offset")
    alias, columns, stop = _alias(tokens, stop + 2 * offset, name)
    kind = "members" if pairs else "elements" if offset or len(columns) > 1 else "items"
    if len(columns) > (1 if kind == "items" else 2):
        raise UnsupportedError("UNNEST into so many columns")
    names = ", ".join(map(_spelt, columns))
    tokens.replace(first, stop, f"pg_catalog.local_aws_{kind}({text}) AS {_spelt(alias)} ({names})")


def _spelt(name: str) -> str:
    """Return a name in quotes, for some are words of PostgreSQL's."""
    return f'"{name.lower()}"' if name.isidentifier() else name


def _alias(tokens: Tokens, at: int, name: str) -> tuple[str, list[str], int]:
    """Return the alias at `at`, its columns, and where it ends; the value's own name when there is none."""
    at += tokens.low[at] == "as"
    if not is_name(tokens, at) or tokens.low[at] in NO_TABLE_ALIAS:
        return name, [name], at
    alias = tokens.text[at]
    if tokens.low[at + 1] == "(":
        close = tokens.close(at + 1)
        return alias, [tokens.render(*part).strip() for part in tokens.split(at + 2, close)], close + 1
    if tokens.low[at + 1] == "at" and is_name(tokens, at + 2):
        return alias, [alias, tokens.text[at + 2]], at + 3
    return alias, [alias], at + 1


def _path(tokens: Tokens, first: int, i: int) -> tuple[str, str, int]:
    """Return the value at `first`, its last name, and where it ends; its dots before a `[`, or before i, stay dots."""
    at = max(i, first + 1)
    while tokens.low[at] == "." and is_name(tokens, at + 1):
        at += 2
    text, name = tokens.render(first, at).strip(), tokens.text[at - 1]
    while True:
        if tokens.low[at] == "[":
            close = tokens.close(at)
            index = tokens.render(at + 1, close).strip()
            if ":" in tokens.low[at:close]:
                raise UnsupportedError("slices of arrays")
            kind = "member" if tokens.low[at + 1] == STRING and close == at + 2 else "element"
            text = f"pg_catalog.local_aws_{kind}({text}, {index})"
            at = close + 1
        elif tokens.low[at] == "." and is_name(tokens, at + 1):
            text, name = member(text, tokens.text[at + 1]), tokens.text[at + 1]
            at += 2
        else:
            return text, name if name[-1:].isalnum() or name[-1:] in '_"' else "", at


def _start_of_value(tokens: Tokens, i: int) -> int | None:
    """Where the value before the `[` at i begins: a name, a call or parentheses; None when steps come before it."""
    first = i - 1
    while tokens.low[first - 1] == ".":
        first -= 2
        if tokens.low[first] == "]":
            return None
    if tokens.low[first] != ")":
        return max(first, 0)
    first = tokens.open(first)
    called = first and is_name(tokens, first - 1) and tokens.low[first - 1] not in _NO_CALL
    return first - 1 if called else first


def _before_alias(tokens: Tokens, i: int) -> int:
    """Where the value begins whose alias stands before the AT at i."""
    at = i - 1
    at -= 2 if tokens.low[at - 1] == "as" else 1
    while at > 0 and tokens.low[at] not in (",", "from", "join", "("):
        at -= 1
    return at + 1


def from_item(tokens: Tokens, first: int) -> int | None:
    """Return the item of FROM that begins at `first`, or with UNPIVOT before it, if there is one."""
    begin = first - (tokens.low[first - 1] == "unpivot")
    if begin < 1 or tokens.low[begin - 1] not in BEFORE_SOURCE:
        return None
    select, at = next(selects_around(tokens, first), (None, 0))
    if select is None or "from" not in select.clauses or at != first:
        return None
    return begin if begin in (at for at, _ in select.sources()) else None
