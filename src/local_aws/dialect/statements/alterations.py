"""ALTER TABLE: what only concerns storage or keys is recorded like the attributes of CREATE TABLE."""

from local_aws.dialect.lexing.literals import quoted
from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.dialect.refusals import RedshiftError, refuse_as_redshift
from local_aws.dialect.statements import settings, tables, types, unsupported
from local_aws.dialect.statements.columns import Attributes, rewrite_column

# Objects for which parameters can be set.
_WITH_PARAMETERS = ("user", "role", "database", "procedure", "function", "routine")
_STORAGE = ("diststyle", "distkey", "sortkey", "compound", "interleaved", "encode")


def alter(tokens: Tokens, start: int, end: int) -> None:
    """ALTER TABLE name action, ALTER USER, ALTER DATABASE; other ALTERs are left alone."""
    kind = tokens.low[start + 1]
    if kind == "database" and tokens.matches(start + 3, "isolation", "level"):
        tokens.put(start + 3, start + 6, "SET local_aws.isolation TO 'snapshot'")
    for i in range(start + 3, end if kind in _WITH_PARAMETERS else 0):
        if tokens.low[i] in ("set", "reset"):
            settings.assign(tokens, i, end)
    if (kind, tokens.low[start + 3]) in (("schema", "quota"), ("database", "collate")):
        tokens.put(start, end, "RESET local_aws.nothing")  # neither has an effect here
    if kind != "table":
        return
    at = tokens.after_name(start + 2)
    if "local_aws_attributes" in tokens.low[at:end]:
        return
    table = tokens.render(start + 2, at).strip()
    actions = tokens.split(at, end)
    for first, last in actions:
        unsupported.check(tokens, "action", first, last)
    if tokens.low[at] == "alter" and "type" in tokens.low[at + 2 : at + 4]:
        _resize(tokens, start, at, table, actions)
        return
    found: Attributes = {}
    recorded = [_is_recorded(tokens, *action, identifier(tokens.text[at - 1]), found) for action in actions]
    found.pop("columns", None)
    if all(recorded):
        tokens.put(at, end, f"ADD {tables.check(found)} NOT VALID")
    elif len(actions) > 1:
        unsupported.syntax_error(tokens, actions[0][1])
    elif found:
        tokens.after(end - 1, f", ADD {tables.check(found)} NOT VALID")


def _resize(tokens: Tokens, start: int, at: int, table: str, actions: list[tuple[int, int]]) -> None:
    """ALTER COLUMN name TYPE varchar(n): a procedure checks what only the catalog knows, and does it."""
    if len(actions) > 1:
        unsupported.syntax_error(tokens, actions[0][1])
    kind = tokens.low.index("type", at + 2)
    end = actions[0][1]
    if "using" in tokens.low[kind:end]:
        raise RedshiftError("ALTER TABLE ALTER COLUMN does not support USING expression")
    column = identifier(tokens.text[kind - 1])
    types.in_column(tokens, kind + 1, f"{identifier(tokens.text[at - 1])}.{column}")
    arguments = (quoted(part) for part in (table, column, tokens.render(kind + 1, end).strip()))
    tokens.put(start, end, f"CALL pg_catalog.local_aws_resize({', '.join(arguments)})")


def _is_recorded(tokens: Tokens, first: int, last: int, table: str, found: Attributes) -> bool:
    """Whether the action is only recorded; its columns' types and attributes are rewritten otherwise."""
    words = tokens.low[first:last]
    if words[:1] == ["add"]:
        if tables.constraint(tokens, first + 1, found):
            return True
        if words[1] == "constraint":
            refuse_as_redshift("CHECK constraints")
        rewrite_column(tokens, first + (2 if words[1] == "column" else 1), last, table, found)
    elif words[:2] == ["drop", "constraint"]:
        found["drop_constraint"] = identifier(tokens.text[first + 2])
        return True
    elif words[:1] == ["drop"]:
        found["drop_column"] = identifier(tokens.text[first + (2 if words[1] == "column" else 1)])
    elif words[:2] == ["alter", "column"] and words[3:4] == ["encode"]:
        found.setdefault("encode", {})[identifier(tokens.text[first + 2])] = words[4]
        return True
    elif words[:1] == ["alter"] and words[1] in _STORAGE:
        tables.attributes(tokens, first + 1, found)
        return True
    return False
